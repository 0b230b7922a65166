import { answered, client, idempotent, type Schema } from './client'

export type Upload = Schema<'Upload'>
export type StartedUpload = Schema<'StartedUpload'>
export type SignedPart = Schema<'SignedPart'>
export type Claim = Schema<'ClaimedPart'>
export type Report = Schema<'ReportedPart'>
export type Conflict = 'fail' | 'rename' | 'replace'

export interface NewUpload {
  folder_id: string
  name: string
  size: number
  content_type: string
  conflict: Conflict
  parts: Claim[]
  /** Where it is known so early: what the drive holds is a file at once. */
  content_hash?: string
}

export interface FormEntry {
  folder_id: string
  name: string
  size: number
  content_type: string
  conflict: Conflict
  sha256: string
}

/**
 * Ends the form that was sent with `key`, of which no answer came; of each of its files whether it had become one. On the
 * server it is a bundle: begun again it is the same one, and what it never was it becomes for a moment.
 */
export async function endForm(files: FormEntry[], key: string): Promise<boolean[]> {
  const bundle = await answered(client.POST('/api/v1/bundles', { body: { files }, params: { header: idempotent(key) } }))
  const ended = await answered(
    client.DELETE('/api/v1/bundles/{bundle_id}', {
      params: { path: { bundle_id: bundle.id }, header: idempotent() },
    }),
  )
  return ended.files.map(({ file }) => file !== null)
}

/** Repeated with the same key it is the same upload. Problems: `name_taken`, `quota_exceeded`, `file_too_large` … */
export function startUpload(body: NewUpload, key: string): Promise<StartedUpload> {
  return answered(client.POST('/api/v1/uploads', { body, params: { header: idempotent(key) } }))
}

/** An upload that began earlier, and the numbers of the parts that storage has. Problem: `upload_not_found`. */
export async function findUpload(uploadId: string): Promise<{ upload: Upload; arrived: number[] }> {
  const upload = await answered(
    client.GET('/api/v1/uploads/{upload_id}', { params: { path: { upload_id: uploadId }, query: { parts: true } } }),
  )
  return { upload, arrived: (upload.parts ?? []).filter(({ reported }) => reported).map(({ number }) => number) }
}

/** The upload, `committed` if the drive holds such content already. Problems: `name_taken`, `upload_not_open` … */
export function useKnown(uploadId: string, contentHash: string): Promise<Upload> {
  return answered(
    client.POST('/api/v1/uploads/{upload_id}/known', {
      body: { content_hash: contentHash },
      params: { path: { upload_id: uploadId }, header: idempotent() },
    }),
  )
}

/** Problems: `part_claimed` if the file is not what it was, `upload_not_open`. */
export async function signPart(uploadId: string, claim: Claim): Promise<SignedPart> {
  const { urls } = await answered(
    client.POST('/api/v1/uploads/{upload_id}/urls', {
      body: { parts: [claim] },
      params: { path: { upload_id: uploadId }, header: idempotent() },
    }),
  )
  return urls[0]!
}

export async function reportParts(uploadId: string, parts: Report[]): Promise<void> {
  await answered(
    client.POST('/api/v1/uploads/{upload_id}/parts', {
      body: { parts },
      params: { path: { upload_id: uploadId }, header: idempotent() },
    }),
  )
}

/** Asked again, the server waits for whoever puts it together. Problems: `name_taken`, `parts_missing` … */
export function completeUpload(
  uploadId: string,
  parts: Report[],
  conflict: Conflict,
  signal: AbortSignal,
): Promise<Upload> {
  return answered(
    client.POST('/api/v1/uploads/{upload_id}/complete', {
      body: { parts, conflict },
      params: { path: { upload_id: uploadId }, header: idempotent() },
      signal,
    }),
  )
}

/** Problem: `already_committed` if it was too late. */
export async function abortUpload(uploadId: string): Promise<void> {
  await answered(
    client.DELETE('/api/v1/uploads/{upload_id}', {
      params: { path: { upload_id: uploadId }, header: idempotent() },
    }),
  )
}
