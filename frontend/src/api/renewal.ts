import { csrfToken } from '@/lib/cookies'

const RENEW = '/api/v1/sessions/refresh'
const LOCK = 'stowage-session'

export type Renewed = 'renewed' | 'ended' | 'unknown'
type Exclusive = (work: () => Promise<Renewed>) => Promise<Renewed>

export interface Surroundings {
  origin: string
  send: (request: Request) => Promise<Response>
  cookies: () => string
  exclusive: Exclusive
}

/**
 * One renewal for all requests of this tab, and for all tabs: whoever gets the lock after another tab has
 * renewed sees a new CSRF cookie, and has nothing left to do. Without locks (plain HTTP) two tabs may both ask;
 * the server gives a repeat within a minute the same answer.
 */
export function sessionRenewal({ origin, send, cookies, exclusive }: Surroundings) {
  let underWay: Promise<Renewed> | undefined

  async function renew(stale: string): Promise<Renewed> {
    const token = csrfToken(cookies())
    if (!token) return 'ended'
    if (token !== stale) return 'renewed'
    const headers = { 'Content-Type': 'application/json', 'Stowage-Csrf': token }
    const answer = await send(new Request(origin + RENEW, { method: 'POST', headers, body: '{}' }))
    if (answer.ok) return 'renewed'
    return answer.status === 401 || answer.status === 403 ? 'ended' : 'unknown'
  }

  /** `stale`: the CSRF token that the refused request had. */
  return (stale: string): Promise<Renewed> => {
    underWay ??= exclusive(() => renew(stale)).finally(() => {
      underWay = undefined
    })
    return underWay
  }
}

/** Across tabs where the browser has locks: on HTTPS and on localhost. */
export const exclusiveAmongTabs: Exclusive = async (work) =>
  'locks' in navigator ? await navigator.locks.request(LOCK, work) : work()
