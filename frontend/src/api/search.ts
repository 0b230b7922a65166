import { answered, client, type Schema } from './client'
import type { PageQuery } from './nodes'

export type FoundPage = Schema<'FoundPage'>
export type FoundType = 'folder' | 'file' | 'image' | 'video' | 'audio' | 'document' | 'archive' | 'other'

export interface Sought {
  q?: string
  type?: FoundType
  /** In bytes, inclusive. */
  min_size?: number
  max_size?: number
  /** RFC 3339. */
  after?: string
  folder_id?: string
}

const LARGEST_PAGE = 200
const PAGE = 50

/** By words and beginnings of words. Problem: `node_not_found` of the folder to look in. */
export function search(sought: Sought, query: PageQuery, signal: AbortSignal): Promise<FoundPage> {
  return answered(client.GET('/api/v1/search', { params: { query: { ...sought, ...bounded(query) } }, signal }))
}

/** The files whose content changed last. */
export function recent(query: PageQuery, signal: AbortSignal): Promise<FoundPage> {
  return answered(client.GET('/api/v1/recent', { params: { query: bounded(query) }, signal }))
}

function bounded({ limit = PAGE, ...query }: PageQuery): PageQuery {
  return { ...query, limit: Math.min(limit, LARGEST_PAGE) }
}
