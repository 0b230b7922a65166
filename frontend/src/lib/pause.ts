const FIRST_MILLISECONDS = 300
const LONGEST_MILLISECONDS = 10_000

/** Between half and all of a wait that doubles with each attempt, so that not all come back at once. */
export function delayMilliseconds(attempt: number, jitter: number): number {
  const full = Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** attempt)
  return full * (0.5 + jitter / 2)
}

/** Waits; while the browser is offline until it is online, which ends any other wait, too. Rejects when aborted. */
export function pauseUntilOnline(attempt: number, signal: AbortSignal): Promise<void> {
  return until(signal, (resolve, over) => {
    addEventListener('online', resolve, { once: true, signal: over })
    if (!navigator.onLine) return
    const timer = setTimeout(resolve, delayMilliseconds(attempt, Math.random()))
    over.addEventListener('abort', () => clearTimeout(timer))
  })
}

/** `over` aborts when it has ended either way. */
function until(signal: AbortSignal, begin: (resolve: () => void, over: AbortSignal) => void): Promise<void> {
  const over = new AbortController()
  const ended = new Promise<void>((resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true, signal: over.signal })
    begin(resolve, over.signal)
  })
  return ended.finally(() => over.abort())
}
