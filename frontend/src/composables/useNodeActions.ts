import * as nodes from '@/api/nodes'
import { downloadAddress, MOST_IN_ZIP, zipAddress, zipAddressOf } from '@/api/files'
import { restoreNode } from '@/api/trash'
import { counted, t } from '@/i18n'
import { leaving } from '@/lib/leaving'
import { useNotices } from '@/stores/notices'

/** What can be done to a node; each says how it went, and calls `onChange` when something is different now. */
export function useNodeActions(onChange: () => void) {
  const notices = useNotices()

  async function attempt(work: () => Promise<void>): Promise<void> {
    // What it offers to take back is not what is being done now.
    notices.dismiss()
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
      notices.say(back.name === name ? t('browse.isBack', { name }) : t('browse.isBackAs', { name, now: back.name }))
    })
  }

  function trash(node: nodes.Entry): Promise<void> {
    return attempt(async () => {
      await nodes.trashNode(node.id)
      notices.say(t('browse.inTrash', { name: node.name }), { label: t('common.undo'), run: () => void restore(node) })
    })
  }

  function move(node: nodes.Entry, folder: { id: string; name: string }): Promise<void> {
    const back = node.parent_id
    return attempt(async () => {
      await nodes.changeNode(node.id, { parent_id: folder.id })
      const undo = () => void attempt(async () => void (await nodes.changeNode(node.id, { parent_id: back! })))
      notices.say(t('browse.isNow', { name: node.name, folder: folder.name }), { label: t('common.undo'), run: undo })
    })
  }

  async function save(name: string, find: () => Promise<string>): Promise<void> {
    try {
      const link = Object.assign(document.createElement('a'), { href: await find(), download: name })
      leaving.withoutWarning(() => link.click())
    } catch (error) {
      notices.fail(error)
    }
  }

  function download(node: { id: string; name: string; kind?: string }, version?: number): Promise<void> {
    if (node.kind === 'folder') return save(`${node.name}.zip`, () => zipAddress(node.id))
    return save(node.name, () => downloadAddress(node.id, version))
  }

  /** Several in one zip, called as the folder that they are in. */
  async function downloadAll(several: nodes.Entry[], folderName: string): Promise<void> {
    if (several.length > MOST_IN_ZIP) {
      return notices.say(counted('browse.zipTooMany', MOST_IN_ZIP))
    }
    const ids = several.map(({ id }) => id)
    await save(`${folderName}.zip`, () => zipAddressOf(ids))
  }

  return { trash, restore, move, download, downloadAll }
}
