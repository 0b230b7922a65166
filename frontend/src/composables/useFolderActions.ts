import { ref, shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import { changeNode, type Entry } from '@/api/nodes'
import { t } from '@/i18n'
import { itemsOf } from '@/i18n/items'
import type { Action } from '@/lib/actions'
import { useClipboard } from '@/stores/clipboard'
import { useCopies } from '@/stores/copies'
import { useNotices } from '@/stores/notices'
import { useBulkActions } from './useBulkActions'
import { useNodeActions } from './useNodeActions'
import { useOverlay } from './useOverlay'

interface Folder {
  /** The folder that is shown. */
  here: () => { id: string; name: string }
  refresh: () => void
  selectAll: () => unknown
}

type Beyond = 'uploadFiles' | 'uploadFolder'

/** What each action does to nodes of the folder that is shown, or to the folder itself. */
export function useFolderActions({ here, refresh, selectAll }: Folder) {
  const router = useRouter()
  const overlay = useOverlay()
  const single = useNodeActions(refresh)
  const bulk = useBulkActions(refresh)
  const clipboard = useClipboard()
  const copies = useCopies()
  const notices = useNotices()

  const isNaming = ref(false)
  const renamed = shallowRef<Entry | null>(null)
  /** What looks for a folder to go to. */
  const placed = shallowRef<{ nodes: Entry[]; isCopy: boolean } | null>(null)

  function open(node: Entry): void {
    if (node.kind === 'folder') void router.push({ name: 'folder', params: { folderId: node.id } })
    else overlay.preview(node.id)
  }

  function hold(nodes: Entry[], isCut: boolean): void {
    clipboard.hold(nodes, isCut)
    notices.say(t(isCut ? 'browse.heldCut' : 'browse.heldCopied', { what: itemsOf(nodes) }))
  }

  async function move(nodes: Entry[], target: { id: string; name: string }): Promise<void> {
    const [first, ...others] = nodes
    await (others.length ? bulk.move(nodes, target) : single.move(first!, target))
  }

  function paste(): void {
    const taken = clipboard.take()
    if (!taken) return
    const target = here()
    const strangers = taken.nodes.filter(({ parent_id }) => parent_id !== target.id)
    if (!taken.isCut) void copies.copy(taken.nodes, target)
    else if (strangers.length) void move(strangers, target)
  }

  /** Gives the one whose name is being edited another one. */
  async function rename(name: string): Promise<void> {
    const { id, name: before } = renamed.value!
    notices.dismiss()
    await changeNode(id, { name })
    const undo = () => changeNode(id, { name: before }).then(refresh, notices.fail)
    notices.say(t('browse.renamed', { before, name }), { label: t('common.undo'), run: () => void undo() })
    refresh()
  }

  /** To the folder that was picked. */
  function place(target: { id: string; name: string }): void {
    const { nodes, isCopy } = placed.value!
    placed.value = null
    void (isCopy ? copies.copy(nodes, target) : move(nodes, target))
  }

  const doing: Record<Exclude<Action, Beyond>, (nodes: Entry[]) => unknown> = {
    open: ([node]) => open(node!),
    download: (nodes) => (nodes.length === 1 ? single.download(nodes[0]!) : single.downloadAll(nodes, here().name)),
    cut: (nodes) => hold(nodes, true),
    copy: (nodes) => hold(nodes, false),
    paste,
    rename: ([node]) => (renamed.value = node!),
    move: (nodes) => (placed.value = { nodes, isCopy: false }),
    copyTo: (nodes) => (placed.value = { nodes, isCopy: true }),
    details: ([node]) => overlay.showDetails(node!.id),
    trash: (nodes) => (nodes.length === 1 ? single.trash(nodes[0]!) : bulk.trash(nodes)),
    newFolder: () => (isNaming.value = true),
    selectAll,
  }

  return { act: (action: Exclude<Action, Beyond>, nodes: Entry[]) => void doing[action](nodes), move, place, rename, isNaming, renamed, placed }
}
