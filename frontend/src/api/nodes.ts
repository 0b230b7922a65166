import type { Sorting } from '@/lib/sorting'
import { answered, client, idempotent, type Schema } from './client'
import type { Job } from './jobs'

export type File = Schema<'File'>
export type Folder = Schema<'Folder'>
export type Node = File | Folder
export type PlacedNode = Schema<'PlacedFolder'> | Schema<'PlacedFile'>
/** What a list needs of a node: of a hundred thousand it is much less than all. */
export type Entry =
  | Pick<File, 'kind' | 'id' | 'parent_id' | 'name' | 'size' | 'content_type' | 'version' | 'updated_at' | 'seq'>
  | Pick<Folder, 'kind' | 'id' | 'parent_id' | 'name' | 'updated_at' | 'seq'>
export type Drive = Schema<'Drive'>

export const ROOT = 'root'
export const PAGE_SIZE = 200
export const LARGEST_PAGE = 1000

export interface PageQuery {
  limit?: number
  cursor?: string
}

/** With the folders from the root down to it. Problem: `node_not_found`. */
export function placedNode(id: string): Promise<PlacedNode> {
  return answered(
    client.GET('/api/v1/nodes/{node_id}', { params: { path: { node_id: id }, query: { ancestors: true } } }),
  )
}

/** Folders first. By `updated` and `size` it may lag a little behind. */
export async function entries(folderId: string, query: PageQuery & Partial<Sorting> = {}) {
  const { items, next_cursor } = await answered(
    client.GET('/api/v1/folders/{node_id}/entries', {
      params: { path: { node_id: folderId }, query: { limit: PAGE_SIZE, ...query } },
    }),
  )
  return { items: items.map(entryOf), next_cursor }
}

const types = new Map<string, string>()
let parent = ''

/** Each answer brings strings of its own; those that are alike are kept once. */
function entryOf(node: Node): Entry {
  const { kind, id, name, updated_at, seq } = node
  if (node.parent_id !== parent) parent = node.parent_id ?? ''
  if (kind === 'folder') return { kind, id, parent_id: parent, name, updated_at, seq }
  const { size, version, content_type: type } = node
  if (!types.has(type) && types.size < 500) types.set(type, type)
  return { kind, id, parent_id: parent, name, size, content_type: types.get(type) ?? type, version, updated_at, seq }
}

/** Problems: `name_taken`, `name_invalid`, `too_deep`. */
export function createFolder(parentId: string, name: string): Promise<Folder> {
  return answered(
    client.POST('/api/v1/folders', {
      body: { parent_id: parentId, name, conflict: 'fail' },
      params: { header: idempotent() },
    }),
  )
}

/** A new name, another folder, or both. Problems: `name_taken`, `would_make_cycle`, `revision_stale` … */
export function changeNode(id: string, change: { name?: string; parent_id?: string }): Promise<Node> {
  return answered(
    client.PATCH('/api/v1/nodes/{node_id}', {
      body: { ...change, conflict: 'fail' },
      params: { path: { node_id: id }, header: idempotent() },
    }),
  )
}

/**
 * Under a free name, if its own is taken there. A file is copied at once; a folder by a job, and appears when that is
 * done. Problems: `node_not_found`, `quota_exceeded`, `too_deep` …
 */
export function copyNode(id: string, parentId: string): Promise<File | Job> {
  return answered(
    client.POST('/api/v1/nodes/{node_id}/copy', {
      body: { parent_id: parentId, conflict: 'rename' },
      params: { path: { node_id: id }, header: idempotent() },
    }),
  )
}

export async function trashNode(id: string): Promise<void> {
  await answered(
    client.DELETE('/api/v1/nodes/{node_id}', { params: { path: { node_id: id }, header: idempotent() } }),
  )
}

export function drive(): Promise<Drive> {
  return answered(client.GET('/api/v1/drive'))
}
