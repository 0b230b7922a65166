import type { FormPlace } from './memory'
import { Patience } from './patience'
import type { Conflict, Observer, Ports } from './ports'
import type { Landing, Offer, SmallFiles } from './smallFiles'

interface Flight {
  offer: Offer
  landed: Promise<Landing>
}

/** What sends a file by itself. */
export interface Alone {
  run: (conflict: Conflict, signal: AbortSignal) => Promise<string>
  discard: () => Promise<void>
}

export interface SmallTarget {
  id: string
  name: string
  folder: () => Promise<string>
  /** If it was in a form before whose answer never came. */
  form?: FormPlace | undefined
}

/** One small file on its way: with others if some wait, else alone. `run` may be called again after it failed. */
export class SmallFile {
  private flight: Flight | undefined
  private alone: Alone | undefined
  private unsettled: FormPlace | undefined
  private readonly patience: Patience

  constructor(
    private readonly file: File,
    private readonly target: SmallTarget,
    private readonly ports: Ports,
    private readonly small: SmallFiles,
    private readonly observer: Omit<Observer, 'onStart'>,
    private readonly byItself: () => Alone,
  ) {
    this.unsettled = target.form
    this.patience = new Patience(ports, observer.onStall)
  }

  /** The id of the folder in which it is. Throws what it was refused with, or an AbortError. */
  async run(conflict: Conflict, signal: AbortSignal): Promise<string> {
    const folderId = this.alone ? null : await this.patience.attempt(signal, () => this.land(conflict, signal))
    return folderId ?? this.alone!.run(conflict, signal)
  }

  /** What was sent with others and not answered yet may still become a file. */
  async discard(): Promise<void> {
    if (this.flight && this.small.withdraw(this.flight.offer)) this.flight = undefined
    await this.alone?.discard()
  }

  /** Null if it is to go alone. */
  private async land(conflict: Conflict, signal: AbortSignal): Promise<string | null> {
    for (;;) {
      const settled = await this.settled()
      if (settled) return settled
      const flight = (this.flight ??= this.take(conflict, signal))
      const landing = await this.awaited(flight, signal)
      this.flight = undefined
      if (landing.kind === 'there') return landing.folderId
      if (landing.kind === 'alone') {
        this.alone = this.byItself()
        return null
      }
      if (landing.kind === 'unknown') this.unsettled = landing.place
      // One that was paused on its way may land when somebody has answered what to do about its name.
      else if (flight.offer.conflict === conflict) throw landing.error
    }
  }

  /** Where it is after all, if it was sent before and nobody said. */
  private async settled(): Promise<string | null> {
    if (!this.unsettled) return null
    const { key, entry } = this.unsettled
    const there = await this.small.settle(key)
    this.unsettled = undefined
    return there.has(this.target.id) ? entry.folder_id : null
  }

  private take(conflict: Conflict, signal: AbortSignal): Flight {
    let land!: (landing: Landing) => void
    const landed = new Promise<Landing>((resolve) => (land = resolve))
    const { onProgress, onStall } = this.observer
    const offer = { ...this.target, file: this.file, conflict, signal, onProgress, onStall, land }
    this.small.offer(offer)
    return { offer, landed }
  }

  /** Where it lands, for as long as somebody waits; in the air it stays, to be asked about later. */
  private awaited(flight: Flight, signal: AbortSignal): Promise<Landing> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        if (this.small.withdraw(flight.offer)) this.flight = undefined
        reject(signal.reason as Error)
      }
      if (signal.aborted) return leave()
      signal.addEventListener('abort', leave, { once: true })
      void flight.landed.then(resolve).finally(() => signal.removeEventListener('abort', leave))
    })
  }
}
