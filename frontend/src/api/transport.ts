import { csrfToken } from '@/lib/cookies'
import { sessionRenewal, type Surroundings } from './renewal'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
// What says who somebody is refuses for another reason than an expired session.
const WITHOUT_SESSION = /\/api\/v1\/(accounts|sessions|sessions\/refresh)$/

interface Options extends Surroundings {
  onEnd: () => void
}

/** `fetch` with the CSRF header; a 401 is met with one renewal of the session and one repeat. */
export function sessionTransport({ onEnd, ...surroundings }: Options) {
  const { cookies, send, now } = surroundings
  const renew = sessionRenewal(surroundings)

  async function attempt(request: Request): Promise<Response> {
    const token = csrfToken(cookies())
    if (token && !SAFE.has(request.method)) request.headers.set('Stowage-Csrf', token)
    return send(request)
  }

  return async (request: Request): Promise<Response> => {
    const spare = request.clone()
    const sentAt = now()
    const answer = await attempt(request)
    if (answer.status !== 401 || isOpen(request)) return answer
    const outcome = await renew(sentAt)
    if (outcome === 'renewed') return attempt(spare)
    if (outcome === 'ended') onEnd()
    return answer
  }
}

function isOpen(request: Request): boolean {
  return request.method === 'POST' && WITHOUT_SESSION.test(new URL(request.url).pathname)
}
