const BUSY = 503
/** Then whoever asked is told. */
const MOST_REPEATS = 3
const FIRST_MILLISECONDS = 500
const LONGEST_MILLISECONDS = 5000
const SAFE = new Set(['GET', 'HEAD'])

type Send = (request: Request) => Promise<Response>
/** Rejects when aborted. */
type Rest = (milliseconds: number, signal: AbortSignal) => Promise<void>

/**
 * Says again, a few times, what a busy server did not take: what only reads, and what carries an Idempotency-Key, which
 * makes the repeat the same change even if the first was done after all.
 */
export function withPatience(send: Send, rest: Rest = restFor): Send {
  return async (request) => {
    let next = request
    for (let repeats = 0; ; repeats += 1) {
      const spare = next.clone()
      const answer = await send(next)
      const isRepeatable = SAFE.has(request.method) || request.headers.has('Idempotency-Key')
      if (answer.status !== BUSY || !isRepeatable || repeats === MOST_REPEATS) return answer
      await rest(waitBefore(repeats, answer), request.signal)
      next = spare
    }
  }
}

/** What the server asks for, if it does, but no longer than people wait without a word. */
function waitBefore(repeats: number, answer: Response): number {
  const asked = Number(answer.headers.get('Retry-After')) * 1000
  const own = FIRST_MILLISECONDS * 2 ** repeats
  return Math.min(LONGEST_MILLISECONDS, Number.isFinite(asked) ? Math.max(asked, own) : own)
}

function restFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    const stop = () => {
      clearTimeout(timer)
      reject(new DOMException('cancelled', 'AbortError'))
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
}
