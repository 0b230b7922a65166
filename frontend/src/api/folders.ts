import { answered, client, idempotent } from './client'
import { placedNode, type Folder } from './nodes'
import { Problem } from './problem'

/**
 * The folder of that name in `parentId`, made if there was none. Where a file has the name, the folder gets
 * another. Problems: `node_not_found`, `name_invalid`, `too_deep`.
 */
export async function ensureFolder(parentId: string, name: string): Promise<string> {
  try {
    return (await make(parentId, name, 'fail')).id
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'name_taken') throw error
    const there = await childOf(parentId, name)
    return there.kind === 'folder' ? there.id : (await make(parentId, name, 'rename')).id
  }
}

function make(parentId: string, name: string, conflict: 'fail' | 'rename'): Promise<Folder> {
  return answered(
    client.POST('/api/v1/folders', {
      body: { parent_id: parentId, name, conflict },
      params: { header: idempotent() },
    }),
  )
}

async function childOf(parentId: string, name: string) {
  const parent = await placedNode(parentId)
  // The root has no name that a path would know.
  const above = [...(parent.ancestors ?? []), parent].slice(1).map((folder) => folder.name)
  const path = [...above, name].join('/')
  return answered(client.GET('/api/v1/paths/{path}', { params: { path: { path } } }))
}
