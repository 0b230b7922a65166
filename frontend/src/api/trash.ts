import { answered, client, idempotent, type Schema } from './client'
import type { Job } from './jobs'
import { PAGE_SIZE, type Node, type PageQuery } from './nodes'

export type TrashItem = Schema<'TrashItem'>
export type TrashPage = Schema<'TrashPage'>

/** Latest first. */
export function trash(query: PageQuery = {}): Promise<TrashPage> {
  return answered(client.GET('/api/v1/trash', { params: { query: { limit: PAGE_SIZE, ...query } } }))
}

/** Back to where it was, under a free name if its own was taken meanwhile. */
export function restoreNode(id: string): Promise<Node> {
  return answered(
    client.POST('/api/v1/trash/{node_id}/restore', {
      body: { conflict: 'rename' },
      params: { path: { node_id: id }, header: idempotent() },
    }),
  )
}

/** With all that is below it and all versions; there is no way back. Problem: `node_not_found`. */
export function deleteForEver(id: string): Promise<Job> {
  return answered(
    client.DELETE('/api/v1/trash/{node_id}', { params: { path: { node_id: id }, header: idempotent() } }),
  )
}

/** Of what is in it now. */
export function emptyTrash(): Promise<Job> {
  return answered(client.DELETE('/api/v1/trash', { params: { header: idempotent() } }))
}
