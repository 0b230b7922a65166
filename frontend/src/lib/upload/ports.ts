/** What a transfer needs of the world. */
export interface Ports {
  server: Server
  /** Sends one part to storage; its ETag, empty if it was there already. */
  put: (signed: Signed, body: Blob, sending: Sending) => Promise<string>
  /** SHA-256 in hex. */
  hash: (body: Blob, signal: AbortSignal) => Promise<string>
  /** Whether the same may go well later. */
  isPassing: (error: unknown) => boolean
  /** Waits before attempt `attempt` + 1, counted from 0. Rejects when aborted. */
  pause: (attempt: number, signal: AbortSignal) => Promise<void>
}

export interface Server {
  /** Repeated with the same key it is the same upload. */
  start: (body: NewUpload, key: string) => Promise<Started>
  sign: (uploadId: string, claim: Claim) => Promise<Signed>
  report: (uploadId: string, reports: Report[]) => Promise<void>
  /** May be repeated until the upload has ended. */
  complete: (uploadId: string, reports: Report[], conflict: Conflict, signal: AbortSignal) => Promise<Upload>
  abort: (uploadId: string) => Promise<void>
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
