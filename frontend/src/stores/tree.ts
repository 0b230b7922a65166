import { defineStore } from 'pinia'
import { computed, ref, shallowRef, triggerRef } from 'vue'
import type { Change } from '@/api/changes'
import { entries, LARGEST_PAGE, placedNode, ROOT, type PlacedNode } from '@/api/nodes'
import { linesOf, type Branch } from '@/lib/tree'

/** More folders side by side are not to be overlooked any more: the list shows the others. */
const MOST_BRANCHES = 2000

/** The folders of the drive, as far as somebody has opened them. */
export const useTree = defineStore('tree', () => {
  const root = shallowRef<Branch | null>(null)
  const children = shallowRef(new Map<string, Branch[]>())
  const open = ref(new Set<string>())
  const old = new Set<string>()

  const lines = computed(() => (root.value ? linesOf({ root: root.value, children: children.value, open: open.value }) : []))

  async function foldersIn(id: string): Promise<Branch[]> {
    const found: Branch[] = []
    let cursor: string | null | undefined
    do {
      const page = await entries(id, { limit: LARGEST_PAGE, ...(cursor && { cursor }) })
      const folders = page.items.filter(({ kind }) => kind === 'folder')
      found.push(...folders.map((folder) => ({ id: folder.id, name: folder.name })))
      // Folders come first: after a file there are none.
      cursor = folders.length === page.items.length ? page.next_cursor : null
    } while (cursor && found.length < MOST_BRANCHES)
    return found
  }

  async function read(id: string): Promise<void> {
    // Who cannot be asked now stays as it was, and is asked when it is opened again.
    const mine = children.value
    const found = await foldersIn(id).catch(() => null)
    if (!found || mine !== children.value) return
    mine.set(id, found)
    triggerRef(children)
  }

  async function begin(): Promise<void> {
    if (root.value) return
    const mine = children.value
    const { id } = await placedNode(ROOT)
    if (mine !== children.value) return
    root.value = { id, name: '' }
    await unfold(id)
  }

  async function unfold(id: string): Promise<void> {
    open.value.add(id)
    if (!children.value.has(id)) await read(id)
  }

  function fold(id: string): void {
    open.value.delete(id)
  }

  /** Opens the way to a folder, and what is in it. */
  async function reveal({ id, ancestors }: PlacedNode): Promise<void> {
    await Promise.all([...(ancestors ?? []).map((above) => unfold(above.id)), children.value.has(id) ? null : read(id)])
  }

  /** Whether the tree looks different after it; remembers what to read again. */
  function concerns({ kind, node }: Change): boolean {
    const parentId = kind === 'placed' ? node.parent_id : null
    const isFolder = !('kind' in node) || node.kind === 'folder'
    for (const [id, below] of children.value) {
      const was = below.find((branch) => branch.id === node.id)
      const isHere = isFolder && id === parentId
      if (!!was !== isHere || (was && 'name' in node && was.name !== node.name)) old.add(id)
    }
    return old.size > 0
  }

  async function renew(isAnew = old.size === 0): Promise<void> {
    const wanted = isAnew ? [...children.value.keys()] : [...old]
    old.clear()
    await Promise.all(wanted.map(read))
  }

  /** Whatever is still being read is somebody else's by then. */
  function forget(): void {
    root.value = null
    children.value = new Map()
    open.value.clear()
    old.clear()
  }

  return { root, lines, begin, unfold, fold, reveal, concerns, renew, forget }
})
