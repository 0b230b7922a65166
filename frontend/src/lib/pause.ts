const FIRST_MILLISECONDS = 300
const LONGEST_MILLISECONDS = 10_000

/** Between half and all of a wait that doubles with each attempt, so that not all come back at once. */
export function delayMilliseconds(attempt: number, jitter: number): number {
  const full = Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** attempt)
  return full * (0.5 + jitter / 2)
}

/** Waits, and then for the browser to be online. Rejects when aborted. */
export async function pauseUntilOnline(attempt: number, signal: AbortSignal): Promise<void> {
  await until(signal, (resolve) => setTimeout(resolve, delayMilliseconds(attempt, Math.random())))
  if (navigator.onLine) return
  await until(signal, (resolve) => addEventListener('online', resolve, { once: true }))
}

function until(signal: AbortSignal, begin: (resolve: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    begin(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
  })
}
