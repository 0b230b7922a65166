import * as nodes from '@/api/nodes'
import { downloadAddress, zipAddress } from '@/api/files'
import { restoreNode } from '@/api/trash'
import { leaving } from '@/lib/leaving'
import { useNotices } from '@/stores/notices'

/** What can be done to a node; each says how it went, and calls `onChange` when something is different now. */
export function useNodeActions(onChange: () => void) {
  const notices = useNotices()

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      onChange()
    } catch (error) {
      notices.fail(error)
    }
  }

  function restore({ id, name }: { id: string; name: string }): Promise<void> {
    return attempt(async () => {
      const back = await restoreNode(id)
      notices.say(back.name === name ? `“${name}” is back.` : `“${name}” is back, as “${back.name}”.`)
    })
  }

  function trash(node: nodes.Node): Promise<void> {
    return attempt(async () => {
      await nodes.trashNode(node.id)
      notices.say(`“${node.name}” is in the trash.`, { label: 'Undo', run: () => void restore(node) })
    })
  }

  function move(node: nodes.Node, folder: { id: string; name: string }): Promise<void> {
    const back = node.parent_id
    return attempt(async () => {
      await nodes.changeNode(node.id, { parent_id: folder.id })
      const undo = () => void attempt(async () => void (await nodes.changeNode(node.id, { parent_id: back! })))
      notices.say(`“${node.name}” is in “${folder.name}” now.`, { label: 'Undo', run: undo })
    })
  }

  async function download(node: { id: string; name: string; kind?: string }, version?: number): Promise<void> {
    try {
      const isFolder = node.kind === 'folder'
      const href = await (isFolder ? zipAddress(node.id) : downloadAddress(node.id, version))
      const link = Object.assign(document.createElement('a'), { href })
      link.download = isFolder ? `${node.name}.zip` : node.name
      leaving.withoutWarning(() => link.click())
    } catch (error) {
      notices.fail(error)
    }
  }

  return { trash, restore, move, download }
}
