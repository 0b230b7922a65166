import { ref, shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import type { Node } from '@/api/nodes'
import type { Action } from '@/lib/actions'
import { items } from '@/lib/items'
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
  selectAll: () => void
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
  const renamed = shallowRef<Node | null>(null)
  /** What looks for a folder to go to. */
  const placed = shallowRef<{ nodes: Node[]; isCopy: boolean } | null>(null)

  function open(node: Node): void {
    if (node.kind === 'folder') void router.push({ name: 'folder', params: { folderId: node.id } })
    else overlay.preview(node.id)
  }

  function hold(nodes: Node[], isCut: boolean): void {
    clipboard.hold(nodes, isCut)
    const what = nodes.length === 1 ? `“${nodes[0]!.name}”` : items(nodes.length)
    notices.say(`${isCut ? 'Cut' : 'Copied'} ${what}. Paste where it belongs.`)
  }

  async function move(nodes: Node[], target: { id: string; name: string }): Promise<void> {
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

  /** To the folder that was picked. */
  function place(target: { id: string; name: string }): void {
    const { nodes, isCopy } = placed.value!
    placed.value = null
    void (isCopy ? copies.copy(nodes, target) : move(nodes, target))
  }

  const doing: Record<Exclude<Action, Beyond>, (nodes: Node[]) => unknown> = {
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

  return { act: (action: Exclude<Action, Beyond>, nodes: Node[]) => void doing[action](nodes), move, place, isNaming, renamed, placed }
}
