import { PartHashes } from './hashes'
import type { Lanes } from './lanes'
import { PartSender } from './part'
import { Patience } from './patience'
import type { Claim, Conflict, Observer, Ports, Report, Signed, Started, Upload } from './ports'
import type { StorageReach } from './reach'
import { SMALLEST_PART_BYTES, spans, type Span } from './slicing'

const ENDED = new Set(['aborted', 'aborting', 'failed'])
const THERE = 'committed'

/** The upload ended without a file. */
export class UploadFailed extends Error {
  override readonly name = 'UploadFailed'
}

export interface Target {
  /** Of this upload, for ever: a start that is repeated is the same. */
  id: string
  name: string
  /** The folder's id; asked for again after it failed. */
  folder: () => Promise<string>
  /** If it began before: the upload to go on with. */
  uploadId?: string | undefined
}

/** What all transfers of a page share. `lanes`: as many parts as that are on their way at once. */
export interface Shared {
  lanes: Lanes
  reach: StorageReach
}

/** One file on its way. `run` may be called again after it failed: what storage holds is not sent twice. */
export class Transfer {
  private starting: Promise<Started> | undefined
  private started: Started | undefined
  private earlierId: string | undefined
  private beginnings = 0
  private readonly arrived = new Set<number>()
  private readonly unreported: Report[] = []
  private readonly sentBytes = new Map<number, number>()
  private readonly patience: Patience
  private readonly sender: PartSender
  private readonly hashes: PartHashes

  constructor(
    private readonly file: File,
    private readonly target: Target,
    private readonly ports: Ports,
    private readonly shared: Shared,
    private readonly observer: Observer,
  ) {
    this.earlierId = target.uploadId
    this.patience = new Patience(ports, observer.onStall)
    this.hashes = new PartHashes(file, ports.hash)
    this.sender = new PartSender(ports, this.patience, shared.reach)
  }

  /** Throws what the server or storage refused it with, UploadFailed, or an AbortError. */
  async run(conflict: Conflict, signal: AbortSignal): Promise<Upload> {
    try {
      return await this.proceed(conflict, signal)
    } catch (error) {
      if (signal.aborted || this.ports.judge(error) !== 'over') throw error
      this.forget()
      return this.proceed(conflict, signal)
    }
  }

  /** Frees what an unfinished upload holds, also of one whose start is still on its way. */
  async discard(): Promise<void> {
    const started = this.started ?? (await this.starting?.catch(() => undefined))
    const id = started?.upload.id ?? this.earlierId
    if (id) await this.ports.server.abort(id)
  }

  private async proceed(conflict: Conflict, signal: AbortSignal): Promise<Upload> {
    const { upload, urls } = (this.started ??= await (this.starting = this.begin(conflict, signal)))
    this.observer.onStart(upload.id, conflict)
    const there = upload.state === 'open' ? await this.sendAll(upload, urls, signal) : upload
    if (there?.state === THERE) return this.keep(there)
    return this.complete(upload.id, conflict, signal)
  }

  private async begin(conflict: Conflict, signal: AbortSignal): Promise<Started> {
    const earlier = this.earlierId && (await this.pickUp(this.earlierId, signal))
    return earlier || this.start(conflict, signal)
  }

  /** Null if nothing is left of it. */
  private async pickUp(id: string, signal: AbortSignal): Promise<Started | null> {
    try {
      const { upload, arrived } = await this.patience.attempt(signal, () => this.ports.server.find(id))
      if (ENDED.has(upload.state)) return null
      for (const span of spans(this.file.size, upload.part_size)) {
        if (!arrived.includes(span.number)) continue
        this.arrived.add(span.number)
        this.advance(span, span.sizeBytes)
      }
      return { upload, urls: [] }
    } catch (error) {
      if (this.ports.judge(error) !== 'over') throw error
      return null
    }
  }

  private async start(conflict: Conflict, signal: AbortSignal): Promise<Started> {
    const { id, name, folder } = this.target
    const folderId = await this.patience.attempt(signal, folder)
    const isOne = this.file.size <= SMALLEST_PART_BYTES
    const content_hash = isOne ? await this.hashes.ofContent([this.whole()], signal) : undefined
    const body = {
      folder_id: folderId,
      name,
      size: this.file.size,
      content_type: this.file.type || 'application/octet-stream',
      conflict,
      parts: isOne ? [await this.claim(this.whole(), signal)] : [],
      ...(content_hash && { content_hash }),
    }
    const key = this.beginnings ? `${id}-${conflict}-${this.beginnings}` : `${id}-${conflict}`
    return this.patience.attempt(signal, () => this.ports.server.start(body, key))
  }

  /** The first part that fails for good stops the others. The upload, if the drive turns out to hold all of it already. */
  private async sendAll(upload: Upload, urls: Signed[], signal: AbortSignal): Promise<Upload | undefined> {
    const all = spans(this.file.size, upload.part_size)
    const failing = new AbortController()
    const either = AbortSignal.any([signal, failing.signal])
    const missing = all.filter(({ number }) => !this.arrived.has(number))
    const sent = missing.map((span) =>
      this.shared.lanes
        .run(() => this.send(upload.id, span, urls, either))
        // One alone is reported when it is completed.
        .then(() => (all.length > 1 ? this.report(upload.id, either) : undefined))
        .catch((error: unknown) => {
          if (!failing.signal.aborted) failing.abort(error)
          throw error
        }),
    )
    const isWhole = missing.length === all.length && all.length > 1
    const asking = isWhole ? this.lookFor(upload.id, all, either) : undefined
    void asking?.then((there) => there && failing.abort())
    await Promise.allSettled(sent)
    signal.throwIfAborted()
    if (!failing.signal.aborted) return void failing.abort()
    const there = await asking
    if (!there) throw failing.signal.reason
    return there
  }

  /** While its parts are on their way. Nobody who knows is no loss: it is sent, then. */
  private async lookFor(uploadId: string, all: Span[], signal: AbortSignal): Promise<Upload | undefined> {
    try {
      const hash = await this.hashes.ofContent(all, signal)
      signal.throwIfAborted()
      const upload = await this.ports.server.useKnown(uploadId, hash)
      return upload.state === THERE ? upload : undefined
    } catch {
      return undefined
    }
  }

  /** Nothing had to be sent, or no more than was. */
  private keep(upload: Upload): Upload {
    this.observer.onKnown()
    return upload
  }

  private async send(uploadId: string, span: Span, urls: Signed[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const claim = await this.claim(span, signal)
    const signed = urls.find(({ number }) => number === span.number)
    const sending = { signal, onProgress: (bytes: number) => this.advance(span, bytes) }
    const etag = await this.sender.send(uploadId, claim, this.slice(span), signed, sending)
    this.advance(span, span.sizeBytes)
    this.arrived.add(span.number)
    if (etag) this.unreported.push({ number: span.number, etag })
  }

  /** At once, so that nothing is sent twice should the page be gone the next moment. */
  private async report(uploadId: string, signal: AbortSignal): Promise<void> {
    const batch = this.unreported.splice(0)
    if (!batch.length) return
    try {
      await this.patience.attempt(signal, () => this.ports.server.report(uploadId, batch))
    } catch (error) {
      this.unreported.push(...batch)
      throw error
    }
  }

  private async complete(id: string, conflict: Conflict, signal: AbortSignal): Promise<Upload> {
    const { complete } = this.ports.server
    const ask = (reports: Report[]) => this.patience.attempt(signal, () => complete(id, reports, conflict, signal))
    let upload = await ask([...this.unreported])
    for (let asked = 0; upload.state !== THERE; asked += 1) {
      if (ENDED.has(upload.state)) {
        this.forget()
        throw new UploadFailed(upload.failure_detail ?? 'The upload ended without a file.')
      }
      await this.ports.pause(Math.min(asked, 3), signal)
      upload = await ask([])
    }
    return upload
  }

  private async claim(span: Span, signal: AbortSignal): Promise<Claim> {
    return { number: span.number, sha256: await this.hashes.of(span, signal) }
  }

  private whole(): Span {
    return { number: 1, offset: 0, sizeBytes: this.file.size }
  }

  private slice({ offset, sizeBytes }: Span): Blob {
    return this.file.slice(offset, offset + sizeBytes)
  }

  /** The next `run` begins anew. */
  private forget(): void {
    this.started = undefined
    this.earlierId = undefined
    this.beginnings += 1
    this.arrived.clear()
    this.hashes.forget()
    this.unreported.length = 0
    this.sentBytes.clear()
  }

  private advance({ number }: Span, bytes: number): void {
    this.sentBytes.set(number, bytes)
    this.observer.onProgress([...this.sentBytes.values()].reduce((sum, each) => sum + each, 0))
  }
}
