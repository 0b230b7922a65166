/** What a transfer needs of the world. */
export interface Ports {
  server: Server
  /** Sends one part to storage; its ETag, empty if it was there already. */
  put: (signed: Signed, body: Blob, sending: Sending) => Promise<string>
  /** Sends one part through the server, which reports it, too. */
  relay: (uploadId: string, claim: Claim, body: Blob, sending: Sending) => Promise<void>
  /** SHA-256 in hex. */
  hash: (body: Blob, signal: AbortSignal) => Promise<string>
  judge: (error: unknown) => Outlook
  /** Waits before attempt `attempt` + 1, counted from 0. Rejects when aborted. */
  pause: (attempt: number, signal: AbortSignal) => Promise<void>
  /** Milliseconds. */
  now: () => number
}

/**
 * What an error means for the attempt that met it:
 * `unreachable` nobody answered: it will go on when somebody does
 * `passing`     whoever answered has trouble: the same may go well later
 * `over`        the server knows no such upload any more, or the file is another: it has to begin anew
 * `final`       it would be refused again
 */
export type Outlook = 'unreachable' | 'passing' | 'over' | 'final'

export interface Server {
  /** Repeated with the same key it is the same upload. */
  start: (body: NewUpload, key: string) => Promise<Started>
  /** An upload that began earlier, and the numbers of the parts that have arrived. */
  find: (uploadId: string) => Promise<{ upload: Upload; arrived: number[] }>
  /** The upload, which is `committed` if the drive holds such content already. */
  useKnown: (uploadId: string, contentHash: string) => Promise<Upload>
  sign: (uploadId: string, claim: Claim) => Promise<Signed>
  report: (uploadId: string, reports: Report[]) => Promise<void>
  /** May be repeated until the upload has ended. */
  complete: (uploadId: string, reports: Report[], conflict: Conflict, signal: AbortSignal) => Promise<Upload>
  abort: (uploadId: string) => Promise<void>
  /**
   * Many small files in one request; of each why it is refused, or null. The same again with the same key is done once.
   */
  putForm: (entries: FormEntry[], bodies: Blob[], key: string, sending: Sending) => Promise<(Error | null)[]>
  /** Ends what was begun with that key. Of each file whether it had become one. */
  endForm: (entries: FormEntry[], key: string) => Promise<boolean[]>
}

/** One of the files of a form. */
export interface FormEntry {
  folder_id: string
  name: string
  size: number
  content_type: string
  conflict: Conflict
  sha256: string
}

/** Told how it goes. */
export interface Observer {
  onProgress: (sentBytes: number) => void
  /** The server knows it: from here on it can be gone on with. */
  onStart: (uploadId: string, conflict: Conflict) => void
  /** The drive held it already. */
  onKnown: () => void
  /** Whether it waits for somebody to answer. */
  onStall: (isStalled: boolean) => void
}

export type Conflict = 'fail' | 'rename' | 'replace'

export interface Sending {
  signal: AbortSignal
  onProgress: (sentBytes: number) => void
}

export interface Claim {
  number: number
  sha256: string
}

export interface Report {
  number: number
  etag: string
}

export interface Signed {
  number: number
  method: string
  url: string
  headers: Record<string, string>
  size: number
}

export interface NewUpload {
  folder_id: string
  name: string
  size: number
  content_type: string
  conflict: Conflict
  parts: Claim[]
  content_hash?: string
}

export interface Upload {
  id: string
  folder_id: string
  state: string
  part_size: number
  node_id: string | null
  failure_detail: string | null
}

export interface Started {
  upload: Upload
  urls: Signed[]
}
