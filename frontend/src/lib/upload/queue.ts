import { Lanes } from './lanes'
import type { Conflict, Observer } from './ports'
import { tallyUp, type Tally } from './tally'

export type UploadState =
  'waiting' | 'sending' | 'finishing' | 'paused' | 'done' | 'conflict' | 'failed' | 'cancelled'

type Why = () => string

/** One file or empty folder in the queue, as people see it. */
export interface UploadItem {
  readonly id: string
  readonly name: string
  /** The folders above it that came along. */
  readonly folders: readonly string[]
  readonly sizeBytes: number
  /** Whatever was added together; an answer for all is for these. */
  readonly batch: string
  state: UploadState
  sentBytes: number
  /** Whether it waits for somebody to answer. */
  isStalled: boolean
  /** Whether the drive held it already, so that it did not have to be sent. */
  wasKnown: boolean
  /** Why it stands still, in the language that is read when it is asked. */
  why: Why | null
  requestId: string
}

export type NewItem = Pick<UploadItem, 'id' | 'name' | 'folders' | 'sizeBytes' | 'batch'> & { conflict: Conflict }

/** What an error means for a file: shown, and in state `conflict` a question about its name. */
export interface Ending {
  state: 'conflict' | 'failed' | 'paused'
  why: Why
  requestId: string
}

export interface Sender {
  /** Whether it goes with many others, so that more of them may run at once. */
  isLight?: boolean
  /** The id of the folder in which it is now. May be run again after it failed or was aborted. */
  run: (conflict: Conflict, signal: AbortSignal) => Promise<string>
  discard: () => Promise<void>
}

export interface QueueOptions {
  explain: (error: unknown) => Ending
  onDone: (item: UploadItem, folderId: string) => void
  /** They will not be gone on with: done, cancelled, or taken off the list. */
  onGone: (ids: string[]) => void
}

export type Answer = Exclude<Conflict, 'fail'> | 'skip'

interface Job {
  item: UploadItem
  sender: Sender
  conflict: Conflict
  cancel: AbortController
}

const FILES_AT_ONCE = 3
// Some forms full: those on their way, and the next ones.
const LIGHT_FILES_AT_ONCE = 600
const OPEN = new Set<UploadState>(['waiting', 'sending', 'finishing'])

export function isOpen({ state }: UploadItem): boolean {
  return OPEN.has(state)
}

/** Sends files, a few at a time, and keeps `items` and `tally` as they are at the moment. */
export class UploadQueue {
  private readonly jobs = new Map<string, Job>()
  private readonly lanes = new Lanes(FILES_AT_ONCE)
  private readonly lightLanes = new Lanes(LIGHT_FILES_AT_ONCE)
  private readonly answers = new Map<string, Answer>()

  constructor(
    private readonly items: UploadItem[],
    private readonly tally: Tally,
    private readonly options: QueueOptions,
  ) {}

  async add(fresh: NewItem, begin: (tell: Omit<Observer, 'onStart'>) => Sender): Promise<void> {
    const { id, name, folders, sizeBytes, batch, conflict } = fresh
    const still = { state: 'waiting', sentBytes: 0, isStalled: false, wasKnown: false, why: null, requestId: '' } as const
    this.items.push({ id, name, folders, sizeBytes, batch, ...still })
    // As the array gives it back: it may be a reactive one.
    const item = this.items.at(-1)!
    tallyUp(this.tally, item, 1)
    const onProgress = (sentBytes: number) => this.advance(item, sentBytes)
    const onStall = (isStalled: boolean) => void (item.isStalled = isStalled)
    const onKnown = () => void (item.wasKnown = true)
    const sender = begin({ onProgress, onKnown, onStall })
    this.jobs.set(id, { item, sender, conflict, cancel: new AbortController() })
    await this.run(id)
  }

  /** Once more, after it failed or was paused. */
  async again(id: string): Promise<void> {
    const job = this.jobs.get(id)
    if (!job || isOpen(job.item)) return
    job.cancel = new AbortController()
    this.change(job.item, { state: 'waiting', why: null, requestId: '' })
    await this.run(id)
  }

  /** What to do about a taken name; `forAll`: also about all that came with it, now and later. */
  answer(id: string, answer: Answer, forAll: boolean): void {
    const asked = this.jobs.get(id)?.item
    if (!asked) return
    if (forAll) this.answers.set(asked.batch, answer)
    const isMeant = ({ item }: Job) => item.id === id || (forAll && item.batch === asked.batch)
    const meant = [...this.jobs.values()].filter((job) => job.item.state === 'conflict' && isMeant(job))
    for (const job of meant) this.settle(job, answer)
  }

  /** Holds it where it is; what has arrived is not sent again. */
  pause(id: string): void {
    const job = this.jobs.get(id)
    if (!job || !isOpen(job.item)) return
    this.change(job.item, { state: 'paused' })
    job.cancel.abort()
  }

  /** Stops it, and frees what it holds on the server. */
  async cancel(id: string): Promise<void> {
    const job = this.jobs.get(id)
    if (!job || job.item.state === 'done') return
    this.change(job.item, { state: 'cancelled' })
    job.cancel.abort()
    this.jobs.delete(id)
    this.options.onGone([id])
    // What cannot be told now is swept away by the server, days later.
    await job.sender.discard().catch(() => undefined)
  }

  /** Takes what has ended off the list. */
  clear(): void {
    const isKept = (item: UploadItem) => isOpen(item) || item.state === 'paused'
    this.options.onGone(this.takeOff((item) => !isKept(item)))
  }

  /** Lets go of all of them, as if the page were closed. */
  leave(): void {
    for (const { cancel } of this.jobs.values()) cancel.abort()
    this.takeOff(() => true)
  }

  private takeOff(isMeant: (item: UploadItem) => boolean): string[] {
    const meant = this.items.filter(isMeant)
    for (const item of meant) {
      tallyUp(this.tally, item, -1)
      this.jobs.delete(item.id)
    }
    this.items.splice(0, this.items.length, ...this.items.filter((item) => !isMeant(item)))
    return meant.map(({ id }) => id)
  }

  private async run(id: string): Promise<void> {
    const { item, sender, conflict, cancel } = this.jobs.get(id)!
    const lanes = sender.isLight ? this.lightLanes : this.lanes
    await lanes.run(async () => {
      if (cancel.signal.aborted) return
      this.change(item, { state: 'sending' })
      try {
        const folderId = await sender.run(conflict, cancel.signal)
        this.change(item, { state: 'done', sentBytes: item.sizeBytes })
        this.jobs.delete(id)
        this.options.onGone([id])
        this.options.onDone(item, folderId)
      } catch (error) {
        if (!cancel.signal.aborted) this.end(item, this.options.explain(error))
      }
    })
  }

  private end(item: UploadItem, ending: Ending): void {
    this.change(item, ending)
    const known = this.answers.get(item.batch)
    if (ending.state === 'conflict' && known) this.settle(this.jobs.get(item.id)!, known)
  }

  private settle(job: Job, answer: Answer): void {
    if (answer === 'skip') return void this.cancel(job.item.id)
    job.conflict = answer
    void this.again(job.item.id)
  }

  private advance(item: UploadItem, sentBytes: number): void {
    if (!isOpen(item)) return
    this.change(item, { sentBytes, state: sentBytes < item.sizeBytes ? 'sending' : 'finishing' })
  }

  private change(item: UploadItem, change: Partial<UploadItem>): void {
    tallyUp(this.tally, item, -1)
    Object.assign(item, change)
    tallyUp(this.tally, item, 1)
  }
}
