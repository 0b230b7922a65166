import type { Ports } from './ports'

// With the pauses between them: some ten minutes.
const TRIES = 60

/** Repeats what may go well later, with growing pauses. */
export class Patience {
  constructor(
    private readonly ports: Pick<Ports, 'judge' | 'pause'>,
    private readonly onStall: (isStalled: boolean) => void,
  ) {}

  /** Who cannot be reached is waited for without end; whoever has trouble, for some minutes. Throws the last error. */
  async attempt<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    let refusals = 0
    for (let failures = 0; ; failures += 1) {
      signal.throwIfAborted()
      try {
        const result = await work()
        if (failures) this.onStall(false)
        return result
      } catch (error) {
        const outlook = this.ports.judge(error)
        if (signal.aborted || outlook === 'over' || outlook === 'final') throw error
        if (outlook === 'passing') refusals += 1
        if (refusals >= TRIES) throw error
        this.onStall(true)
        await this.ports.pause(failures, signal)
      }
    }
  }
}
