/**
 * `work`, one at a time, however often it is called for: calls that come while it is done make one more, after `rest`,
 * which is told how long the work took. So a thousand changes in a row are a few readings.
 */
export function inTurns(
  work: () => Promise<unknown>,
  rest: (tookMilliseconds: number) => Promise<unknown>,
): () => void {
  let isBusy = false
  let isDue = false

  async function go(): Promise<void> {
    isBusy = true
    while (isDue) {
      isDue = false
      const begun = performance.now()
      await work()
      await rest(performance.now() - begun)
    }
    isBusy = false
  }

  return () => {
    isDue = true
    if (!isBusy) void go()
  }
}
