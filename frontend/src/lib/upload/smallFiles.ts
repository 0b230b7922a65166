import { FileUnreadable } from '@/lib/hashing/protocol'
import { randomId } from '@/lib/ids'
import type { FormMemory, FormPlace } from './memory'
import { Patience } from './patience'
import type { Conflict, FormEntry, Ports } from './ports'

/** Up to here a file goes with others in one request: what it costs is the asking, not the bytes. */
export const SMALL_BYTES = 2 ** 20
const FILES_A_FORM = 100
const BYTES_A_FORM = 4 * 2 ** 20
const FORMS_AT_ONCE = 3

/**
 * What became of a file that was offered:
 * `there`   it is in its folder
 * `refused` it is not, for this reason
 * `alone`   no other came with it: it may as well go by itself
 * `unknown` nobody knows, as the answer never came; `place` says whom to ask about
 */
export type Landing =
  | { kind: 'there'; folderId: string }
  | { kind: 'refused'; error: unknown }
  | { kind: 'alone' }
  | { kind: 'unknown'; place: FormPlace }

export interface Offer {
  /** Of the upload, for ever. */
  id: string
  file: File
  name: string
  folder: () => Promise<string>
  conflict: Conflict
  signal: AbortSignal
  onProgress: (sentBytes: number) => void
  onStall: (isStalled: boolean) => void
  land: (landing: Landing) => void
}

interface Ready {
  offer: Offer
  entry: FormEntry
  /** In memory, so that nobody changes it any more. */
  body: Blob
}

/** Puts files that wait at the same time into forms, and sends a few of those at once. */
export class SmallFiles {
  private readonly waiting: Offer[] = []
  private free = FORMS_AT_ONCE
  private isDue = false
  private readonly settling = new Map<string, Promise<Set<string>>>()

  constructor(
    private readonly ports: Ports,
    private readonly memory: FormMemory,
  ) {}

  /** It lands once, unless it is withdrawn before. */
  offer(offer: Offer): void {
    this.waiting.push(offer)
    if (this.isDue) return
    this.isDue = true
    // In a turn of its own: whatever is offered together goes together.
    setTimeout(() => {
      this.isDue = false
      this.sendSome()
    })
  }

  /** True if it had not been taken yet, and never will be. */
  withdraw(offer: Offer): boolean {
    const at = this.waiting.indexOf(offer)
    if (at >= 0) this.waiting.splice(at, 1)
    return at >= 0
  }

  /** Ends a form whose answer never came; the ids of those that had become files. */
  settle(key: string): Promise<Set<string>> {
    const known = this.settling.get(key)
    if (known) return known
    const settling = this.askAbout(key)
    this.settling.set(key, settling)
    settling.catch(() => this.settling.delete(key))
    return settling
  }

  private async askAbout(key: string): Promise<Set<string>> {
    const sent = await this.memory.form(key)
    // Half a form cannot be asked about: who is asked knows it by all that it holds.
    if (!sent.length || sent.length !== sent[0]!.place.count) return new Set()
    const there = await this.ports.server.endForm(
      sent.map(({ place }) => place.entry),
      key,
    )
    return new Set(sent.filter((_, index) => there[index]).map(({ id }) => id))
  }

  private sendSome(): void {
    while (this.free > 0 && this.waiting.length) {
      const offers = this.next()
      if (offers.length === 1 && this.free === FORMS_AT_ONCE) {
        offers[0]!.land({ kind: 'alone' })
        continue
      }
      this.free -= 1
      void this.deliver(offers).finally(() => {
        this.free += 1
        this.sendSome()
      })
    }
  }

  private next(): Offer[] {
    let bytes = 0
    const fits = ({ file }: Offer) => (bytes += file.size) <= BYTES_A_FORM
    const end = this.waiting.slice(0, FILES_A_FORM).findIndex((offer) => !fits(offer))
    return this.waiting.splice(0, end < 0 ? FILES_A_FORM : Math.max(1, end))
  }

  private async deliver(offers: Offer[]): Promise<void> {
    const prepared = await Promise.all(offers.map((offer) => this.prepare(offer)))
    const ready = prepared.filter((each) => each !== null)
    if (!ready.length) return
    const key = randomId()
    const places = ready.map(({ entry }, index) => ({ key, index, count: ready.length, entry }))
    await this.memory.keepForm(ready.map(({ offer: { id } }, index) => ({ id, place: places[index]! })))
    const landings = await this.send(ready, places)
    const known = ready.filter((_, index) => landings[index]!.kind !== 'unknown')
    await this.memory.forgetForm(known.map(({ offer }) => offer.id))
    ready.forEach(({ offer }, index) => offer.land(landings[index]!))
  }

  private async prepare(offer: Offer): Promise<Ready | null> {
    const { file, name, folder, conflict, signal } = offer
    try {
      const folderId = await folder()
      const body = new Blob([await contentOf(file)])
      const sha256 = await this.ports.hash(body, signal)
      const content_type = file.type || 'application/octet-stream'
      return { offer, body, entry: { folder_id: folderId, name, size: body.size, content_type, conflict, sha256 } }
    } catch (error) {
      offer.land({ kind: 'refused', error })
      return null
    }
  }

  private async send(ready: Ready[], places: FormPlace[]): Promise<Landing[]> {
    const signal = allOf(ready.map(({ offer }) => offer.signal))
    const patience = new Patience(this.ports, (isStalled) => ready.forEach(({ offer }) => offer.onStall(isStalled)))
    const bodies = ready.map(({ body }) => body)
    const sending = { signal, onProgress: (bytes: number) => spread(ready, bytes) }
    try {
      const errors = await patience.attempt(signal, () =>
        this.ports.server.putForm(
          places.map(({ entry }) => entry),
          bodies,
          places[0]!.key,
          sending,
        ),
      )
      return errors.map((error, index) =>
        error ? { kind: 'refused', error } : { kind: 'there', folderId: places[index]!.entry.folder_id },
      )
    } catch (error) {
      const isKnown = !signal.aborted && this.ports.judge(error) === 'final'
      return places.map((place) => (isKnown ? { kind: 'refused', error } : { kind: 'unknown', place }))
    }
  }
}

async function contentOf(file: File): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer()
  } catch {
    throw new FileUnreadable('The file cannot be read. Was it moved or changed?')
  }
}

/** Aborts when the last of them has. */
function allOf(signals: AbortSignal[]): AbortSignal {
  const all = new AbortController()
  const look = () => signals.every(({ aborted }) => aborted) && all.abort(signals[0]!.reason)
  for (const signal of signals) signal.addEventListener('abort', look, { once: true })
  look()
  return all.signal
}

/** Of all that has been sent, to each what is its own: they go one after the other. */
function spread(ready: Ready[], sentBytes: number): void {
  let left = sentBytes
  for (const { offer, body } of ready) {
    const own = Math.min(left, body.size)
    left -= own
    if (own > 0 || body.size === 0) offer.onProgress(own)
    if (left <= 0) return
  }
}
