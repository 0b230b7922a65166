import { csrfToken } from '@/lib/cookies'

const RENEW = '/api/v1/sessions/refresh'
const LOCK = 'stowage-session'
const MARK = 'stowage-renewed-at'

export type Renewed = 'renewed' | 'ended' | 'unknown'
type Exclusive = (work: () => Promise<Renewed>) => Promise<Renewed>

/** When the session was renewed last, by whichever tab; in milliseconds. */
export interface RenewalMark {
  read: () => number
  write: (at: number) => void
}

export interface Surroundings {
  origin: string
  send: (request: Request) => Promise<Response>
  cookies: () => string
  exclusive: Exclusive
  mark: RenewalMark
  now: () => number
}

/**
 * One renewal for all requests of this tab, and for all tabs: whoever gets the lock after another tab has
 * renewed sees its mark, and has nothing left to do. Without locks (plain HTTP) two tabs may both ask; the
 * server gives a repeat within a minute the same answer.
 */
export function sessionRenewal({ origin, send, cookies, exclusive, mark, now }: Surroundings) {
  let underWay: Promise<Renewed> | undefined

  async function renew(refusedSince: number): Promise<Renewed> {
    const token = csrfToken(cookies())
    if (!token) return 'ended'
    if (mark.read() > refusedSince) return 'renewed'
    const headers = { 'Content-Type': 'application/json', 'Stowage-Csrf': token }
    const answer = await send(new Request(origin + RENEW, { method: 'POST', headers, body: '{}' }))
    if (answer.ok) {
      mark.write(now())
      return 'renewed'
    }
    return answer.status === 401 || answer.status === 403 ? 'ended' : 'unknown'
  }

  /** `refusedSince`: when the request was sent whose session had expired. */
  return (refusedSince: number): Promise<Renewed> => {
    underWay ??= exclusive(() => renew(refusedSince)).finally(() => {
      underWay = undefined
    })
    return underWay
  }
}

/** Across tabs where the browser has locks: on HTTPS and on localhost. */
export const exclusiveAmongTabs: Exclusive = async (work) =>
  'locks' in navigator ? await navigator.locks.request(LOCK, work) : work()

export const sharedMark: RenewalMark = {
  read: () => Number(localStorage.getItem(MARK)),
  write: (at) => localStorage.setItem(MARK, String(at)),
}
