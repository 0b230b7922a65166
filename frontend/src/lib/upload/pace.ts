const WINDOW_MILLISECONDS = 10_000
const SHORTEST_MILLISECONDS = 1000

/** How fast it goes, over the last ten seconds. */
export class Pace {
  private samples: { at: number; bytes: number }[] = []

  /** `at`: milliseconds; `bytes`: sent so far, of all. */
  note(at: number, bytes: number): void {
    this.samples.push({ at, bytes })
    // One sample older than the window stays, so that the rate is of the whole window.
    while (this.samples.length > 2 && this.samples[1]!.at <= at - WINDOW_MILLISECONDS) this.samples.shift()
  }

  /** Begins anew, after a rest. */
  rest(): void {
    this.samples = []
  }

  /** 0 until enough was seen. */
  get bytesPerSecond(): number {
    const first = this.samples[0]
    const last = this.samples.at(-1)
    if (!first || !last || last.at - first.at < SHORTEST_MILLISECONDS) return 0
    // What has to be sent again is taken back.
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.at - first.at))
  }

  /** Infinity if nothing moves. */
  secondsFor(bytes: number): number {
    return bytes / this.bytesPerSecond
  }
}
