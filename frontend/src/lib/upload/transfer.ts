import { Lanes } from './lanes'
import type { Claim, Conflict, Ports, Report, Signed, Started, Upload } from './ports'
import { SMALLEST_PART_BYTES, spans, type Span } from './slicing'

const TRIES = 8
const PARTS_PER_REPORT = 20
const ENDED = new Set(['aborted', 'aborting', 'failed'])

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
}

/** One file on its way. `run` may be called again after it failed: what storage holds is not sent twice. */
export class Transfer {
  private starting: Promise<Started> | undefined
  private started: Started | undefined
  private readonly etags = new Map<number, string>()
  private readonly unreported: Report[] = []
  private readonly sentBytes = new Map<number, number>()

  /** `lanes`: shared by all transfers; as many parts as that are on their way at once. */
  constructor(
    private readonly file: File,
    private readonly target: Target,
    private readonly ports: Ports,
    private readonly lanes: Lanes,
    private readonly onProgress: (sentBytes: number) => void,
  ) {}

  /** Throws what the server or storage refused it with, UploadFailed, or an AbortError. */
  async run(conflict: Conflict, signal: AbortSignal): Promise<Upload> {
    const { upload, urls } = (this.started ??= await (this.starting = this.start(conflict, signal)))
    const missing = spans(this.file.size, upload.part_size).filter(({ number }) => !this.etags.has(number))
    await this.sendAll(missing, urls, signal)
    return this.complete(upload.id, conflict, signal)
  }

  /** Frees what an unfinished upload holds, also of one whose start is still on its way. */
  async discard(): Promise<void> {
    const started = this.started ?? (await this.starting?.catch(() => undefined))
    if (started) await this.ports.server.abort(started.upload.id)
  }

  private async start(conflict: Conflict, signal: AbortSignal): Promise<Started> {
    const { id, name, folder } = this.target
    const folderId = await this.patiently(signal, folder)
    const claims = this.file.size <= SMALLEST_PART_BYTES ? [await this.claim(this.whole(), signal)] : []
    const body = {
      folder_id: folderId,
      name,
      size: this.file.size,
      content_type: this.file.type || 'application/octet-stream',
      conflict,
      parts: claims,
    }
    return this.patiently(signal, () => this.ports.server.start(body, `${id}-${conflict}`))
  }

  /** The first part that fails for good stops the others. */
  private async sendAll(missing: Span[], urls: Signed[], signal: AbortSignal): Promise<void> {
    const failing = new AbortController()
    const either = AbortSignal.any([signal, failing.signal])
    const sent = missing.map((span) =>
      this.lanes.run(() => this.send(span, urls, either)).catch((error: unknown) => {
        if (!failing.signal.aborted) failing.abort(error)
        throw error
      }),
    )
    await Promise.allSettled(sent)
    signal.throwIfAborted()
    if (failing.signal.aborted) throw failing.signal.reason
  }

  private async send(span: Span, urls: Signed[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const claim = await this.claim(span, signal)
    let signed = urls.find(({ number }) => number === span.number)
    const etag = await this.patiently(signal, async () => {
      // A URL may have expired, which a browser cannot tell from a broken line: each try gets a new one.
      const current = signed ?? (await this.ports.server.sign(this.uploadId, claim))
      signed = undefined
      return this.put(span, current, signal)
    })
    this.etags.set(span.number, etag)
    if (etag) this.unreported.push({ number: span.number, etag })
    if (this.unreported.length >= PARTS_PER_REPORT) await this.report(signal)
  }

  private async put(span: Span, signed: Signed, signal: AbortSignal): Promise<string> {
    const onProgress = (bytes: number) => this.advance(span, bytes)
    try {
      const etag = await this.ports.put(signed, this.slice(span), { signal, onProgress })
      this.advance(span, span.sizeBytes)
      return etag
    } catch (error) {
      this.advance(span, 0)
      throw error
    }
  }

  private async report(signal: AbortSignal): Promise<void> {
    const batch = this.unreported.splice(0, PARTS_PER_REPORT)
    try {
      await this.patiently(signal, () => this.ports.server.report(this.uploadId, batch))
    } catch (error) {
      this.unreported.push(...batch)
      throw error
    }
  }

  private async complete(id: string, conflict: Conflict, signal: AbortSignal): Promise<Upload> {
    const { complete } = this.ports.server
    let upload = await this.patiently(signal, () => complete(id, [...this.unreported], conflict, signal))
    for (let asked = 0; upload.state !== 'committed'; asked += 1) {
      if (ENDED.has(upload.state)) {
        this.forget()
        throw new UploadFailed(upload.failure_detail ?? 'The upload ended without a file.')
      }
      await this.ports.pause(Math.min(asked, 3), signal)
      upload = await this.patiently(signal, () => complete(id, [], conflict, signal))
    }
    return upload
  }

  /** Repeats what may pass, with growing pauses. */
  private async patiently<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures += 1) {
      signal.throwIfAborted()
      try {
        return await attempt()
      } catch (error) {
        if (signal.aborted || !this.ports.isPassing(error) || failures + 1 >= TRIES) throw error
        await this.ports.pause(failures, signal)
      }
    }
  }

  private async claim(span: Span, signal: AbortSignal): Promise<Claim> {
    return { number: span.number, sha256: await this.ports.hash(this.slice(span), signal) }
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
    this.etags.clear()
    this.sentBytes.clear()
  }

  private get uploadId(): string {
    return this.started!.upload.id
  }

  private advance({ number }: Span, bytes: number): void {
    this.sentBytes.set(number, bytes)
    this.onProgress([...this.sentBytes.values()].reduce((sum, each) => sum + each, 0))
  }
}
