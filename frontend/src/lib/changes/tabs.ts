/**
 * Does `work` in one of all tabs of this browser: when that one is closed, the next one goes on. Without locks (plain
 * HTTP) each tab works while it is seen. `work` ends when its signal aborts.
 */
export async function oneAmongTabs(
  name: string,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (!('locks' in navigator)) return whileSeen(work, signal)
  const isAborted = () => undefined
  await navigator.locks.request(name, { signal }, () => work(signal)).catch(isAborted)
}

function whileSeen(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): void {
  let turn: AbortController | undefined

  function look(): void {
    turn?.abort()
    if (document.hidden) return
    turn = new AbortController()
    void work(AbortSignal.any([turn.signal, signal]))
  }

  document.addEventListener('visibilitychange', look, { signal })
  look()
}
