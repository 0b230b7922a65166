import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { Entry } from '@/api/nodes'
import { NOTHING, widened, without, type Selection } from '@/lib/selection'
import { useChanges } from '@/stores/changes'
import type { useFolder } from './useFolder'

interface Choice {
  selection: Ref<Selection>
  /** Whether more is still being loaded to be selected, too. */
  isSelecting: Ref<boolean>
}

/** What is selected of a folder of which only a part is at hand: nodes that are selected stay at hand. */
export function useChosen(folder: ReturnType<typeof useFolder>, { selection, isSelecting }: Choice) {
  const { items, gone, hasMore } = folder
  const chosen = shallowRef<ReadonlyMap<string, Entry>>(new Map())

  function note(nodes: Entry[]): void {
    const { ids } = selection.value
    if (!ids.size) return void (chosen.value = new Map())
    const now = new Map([...chosen.value].filter(([id]) => ids.has(id)))
    nodes.forEach((node) => ids.has(node.id) && now.set(node.id, node))
    chosen.value = now
  }

  /** Those that are at hand as they stand there, the others behind them. */
  const selected = computed<Entry[]>(() => {
    const { ids } = selection.value
    if (!ids.size) return []
    const near = items.value.filter(({ id }) => ids.has(id))
    if (near.length === ids.size) return near
    const nearIds = new Set(near.map(({ id }) => id))
    return [...near, ...[...chosen.value.values()].filter(({ id }) => ids.has(id) && !nearIds.has(id))]
  })

  /** What is loaded at once, the others as they come; whoever selects something else meanwhile wants that. */
  async function selectAll(): Promise<void> {
    selection.value = widened(NOTHING, items.value.map(({ id }) => id).filter(() => true))
    let taken = selection.value
    isSelecting.value = hasMore.value || taken.ids.size < items.value.length
    if (!isSelecting.value) return
    await folder.walk((nodes) => {
      if (selection.value !== taken) return false
      taken = selection.value = widened(taken, nodes.map(({ id }) => id))
      note(nodes)
      return true
    })
    isSelecting.value = false
  }

  /** A range may lie over rows that were let go. */
  async function complete(range: Selection): Promise<void> {
    const [from, to] = range.reach ?? [0, 0]
    if (range.ids.size >= to - from) return
    isSelecting.value = true
    const nodes = await folder.between(from, to)
    isSelecting.value = false
    if (selection.value !== range) return
    selection.value = widened({ ids: range.ids, anchor: range.anchor }, nodes.map(({ id }) => id))
    note(nodes)
  }

  watch(selection, (now) => void complete(now))
  watch([selection, items], () => note(items.value), { immediate: true, flush: 'sync' })
  watch(gone, (ids) => (selection.value = without(selection.value, ids)))
  watch(items, (now) => {
    if (!now.length) selection.value = NOTHING
  })
  // Of what is not at hand nothing else tells that it has gone.
  const end = useChanges().onNews(({ entries }) => {
    const changes = entries.flatMap((entry) => entry.changes)
    const here = folder.place.value?.id
    const left = changes.filter(({ kind, node }) => kind !== 'placed' || node.parent_id !== here)
    selection.value = without(selection.value, left.map(({ node }) => node.id))
  })
  onScopeDispose(end)

  return { selected, selectAll }
}
