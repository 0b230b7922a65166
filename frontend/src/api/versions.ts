import { answered, client, idempotent, type Schema } from './client'
import type { File, PageQuery } from './nodes'

export type Version = Schema<'Version'>
export type VersionPage = Schema<'VersionPage'>

const PAGE = 50

const at = (file_id: string, number: number) => ({ path: { file_id, number }, header: idempotent() })

/** The current one, then the past ones, newest first. */
export function versions(fileId: string, query: PageQuery, signal: AbortSignal): Promise<VersionPage> {
  const params = { path: { file_id: fileId }, query: { limit: PAGE, ...query } }
  return answered(client.GET('/api/v1/files/{file_id}/versions', { params, signal }))
}

/** As a new version of the same bytes. Problems: `version_is_current`, `quota_exceeded`, `version_not_found`. */
export function restoreVersion(fileId: string, number: number): Promise<File> {
  return answered(client.POST('/api/v1/files/{file_id}/versions/{number}/restore', { params: at(fileId, number) }))
}

/** For ever, or no more. */
export function keepVersion(fileId: string, number: number, keep: boolean): Promise<Version> {
  return answered(
    client.PATCH('/api/v1/files/{file_id}/versions/{number}', { body: { keep }, params: at(fileId, number) }),
  )
}

/** There is no way back. Problem: `version_is_current`. */
export async function forgetVersion(fileId: string, number: number): Promise<void> {
  await answered(client.DELETE('/api/v1/files/{file_id}/versions/{number}', { params: at(fileId, number) }))
}
