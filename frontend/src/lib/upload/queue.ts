import { Lanes } from './lanes'
import type { Conflict } from './ports'

export type UploadState = 'waiting' | 'sending' | 'finishing' | 'done' | 'conflict' | 'failed' | 'cancelled'

/** One file in the queue, as people see it. */
export interface UploadItem {
  readonly id: string
  readonly name: string
  readonly folderId: string
  readonly sizeBytes: number
  state: UploadState
  sentBytes: number
  /** Why it failed. */
  detail: string
  requestId: string
}

/** What an error means for a file: shown, and in state `conflict` a question about its name. */
export interface Ending {
  state: 'conflict' | 'failed'
  detail: string
  requestId: string
}

export interface Sender {
  run: (conflict: Conflict, signal: AbortSignal) => Promise<unknown>
  discard: () => Promise<void>
}

export interface QueueOptions {
  begin: (file: File, item: UploadItem, onProgress: (sentBytes: number) => void) => Sender
  explain: (error: unknown) => Ending
  onDone: (item: UploadItem) => void
  newId: () => string
}

interface Job {
  item: UploadItem
  sender: Sender
  cancel: AbortController
}

const FILES_AT_ONCE = 3
const OPEN = new Set<UploadState>(['waiting', 'sending', 'finishing'])

export function isOpen({ state }: UploadItem): boolean {
  return OPEN.has(state)
}

/** Sends files, a few at a time, and keeps `items` as they are at the moment. */
export class UploadQueue {
  private readonly jobs = new Map<string, Job>()
  private readonly lanes = new Lanes(FILES_AT_ONCE)

  constructor(
    private readonly items: UploadItem[],
    private readonly options: QueueOptions,
  ) {}

  async add(file: File, folderId: string): Promise<void> {
    const fresh = { state: 'waiting', sentBytes: 0, detail: '', requestId: '' } as const
    this.items.push({ id: this.options.newId(), name: file.name, folderId, sizeBytes: file.size, ...fresh })
    // As the array gives it back: it may be a reactive one.
    const item = this.items.at(-1)!
    const sender = this.options.begin(file, item, (sentBytes) => this.advance(item, sentBytes))
    this.jobs.set(item.id, { item, sender, cancel: new AbortController() })
    await this.run(item.id, 'fail')
  }

  /** Once more, after it failed, or with an answer to what to do about the name. */
  async again(id: string, conflict: Conflict = 'fail'): Promise<void> {
    const job = this.jobs.get(id)
    if (!job || isOpen(job.item)) return
    job.cancel = new AbortController()
    Object.assign(job.item, { state: 'waiting', detail: '', requestId: '' })
    await this.run(id, conflict)
  }

  /** Stops it, and frees what it holds on the server. */
  async cancel(id: string): Promise<void> {
    const job = this.jobs.get(id)
    if (!job || job.item.state === 'done') return
    job.item.state = 'cancelled'
    job.cancel.abort()
    this.jobs.delete(id)
    // What cannot be told now is swept away by the server, days later.
    await job.sender.discard().catch(() => undefined)
  }

  /** Takes what has ended off the list. */
  clear(): void {
    const kept = this.items.filter((item) => isOpen(item))
    for (const item of this.items) if (!isOpen(item)) this.jobs.delete(item.id)
    this.items.splice(0, this.items.length, ...kept)
  }

  private async run(id: string, conflict: Conflict): Promise<void> {
    const { item, sender, cancel } = this.jobs.get(id)!
    await this.lanes.run(async () => {
      if (cancel.signal.aborted) return
      item.state = 'sending'
      try {
        await sender.run(conflict, cancel.signal)
        Object.assign(item, { state: 'done', sentBytes: item.sizeBytes })
        this.jobs.delete(id)
        this.options.onDone(item)
      } catch (error) {
        if (!cancel.signal.aborted) Object.assign(item, this.options.explain(error))
      }
    })
  }

  private advance(item: UploadItem, sentBytes: number): void {
    if (!isOpen(item)) return
    item.sentBytes = sentBytes
    item.state = sentBytes < item.sizeBytes ? 'sending' : 'finishing'
  }
}
