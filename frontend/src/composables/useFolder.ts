import { computed, nextTick, onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { Change } from '@/api/changes'
import * as nodes from '@/api/nodes'
import { problemFrom, type Problem } from '@/api/problem'
import { BY_NAME, type Sorting } from '@/lib/sorting'
import type { Place } from '@/stores/places'
import { useLongList } from './useLongList'

interface Memory {
  keep: (folderId: string, place: Place) => void
  recall: (folderId: string, sorting: Readonly<Sorting>) => Place | undefined
}

const NO_MEMORY: Memory = { keep: () => undefined, recall: () => undefined }

/** A folder, where it is, and what is in it, as it is to be sorted; follows both. */
export function useFolder(
  folderId: Ref<string>,
  sorting: () => Readonly<Sorting> = () => BY_NAME,
  memory: Memory = NO_MEMORY,
) {
  const place = shallowRef<nodes.PlacedNode | null>(null)
  const placeProblem = shallowRef<Problem | null>(null)
  const pages = useLongList<nodes.Entry>((query) => nodes.entries(folderId.value, { ...sorting(), ...query }))

  async function findPlace(isKnown = false): Promise<void> {
    const id = folderId.value
    try {
      const found = await nodes.placedNode(id)
      if (id !== folderId.value) return
      place.value = found
      placeProblem.value = null
    } catch (error) {
      const found = problemFrom(error)
      if (id === folderId.value && !(isKnown && found.isPassing)) placeProblem.value = found
    }
  }

  async function load(): Promise<void> {
    placeProblem.value = null
    await Promise.all([findPlace(), pages.load()])
  }

  /** The same, in place. What is shown stays, if nobody answers just now. */
  async function renew(): Promise<void> {
    await Promise.all([findPlace(place.value !== null), pages.refresh()])
  }

  function leave(id: string | undefined): void {
    if (id === undefined || pages.state.value !== 'ready') return
    memory.keep(id, { known: pages.snapshot(), sorting: sorting(), scrolledPixels: scrollY })
  }

  /** Whoever comes back finds it as it was, at once; then it is read anew. */
  async function arrive(id: string, before?: string): Promise<void> {
    leave(before)
    const kept = memory.recall(id, sorting())
    if (!kept) return load()
    placeProblem.value = null
    pages.show(kept.known)
    await nextTick()
    // Rows are measured when they are there.
    await nextTick()
    scrollTo({ top: kept.scrolledPixels, behavior: 'instant' })
    await renew()
  }

  const shown = computed(() => {
    const seqs = new Map<string, number>()
    pages.items.value.forEach(({ id, seq }) => seqs.set(id, seq))
    return seqs
  })
  const way = computed(() => [...(place.value?.ancestors ?? []), ...(place.value ? [place.value] : [])])

  /** Whether the folder looks different after it: what it shows already, such as our own doing, is no news. */
  function concerns({ kind, node }: Change): boolean {
    const seq = shown.value.get(node.id)
    if (seq !== undefined) return seq < node.seq
    const comesIn = kind === 'placed' && node.parent_id === place.value?.id
    return comesIn || way.value.some(({ id }) => id === node.id)
  }

  watch(folderId, arrive, { immediate: true })
  watch(sorting, pages.load)
  onScopeDispose(() => leave(folderId.value))

  const problem = computed(() => placeProblem.value ?? pages.problem.value)
  const state = computed(() => (placeProblem.value ? 'failed' : pages.state.value))
  return { ...pages, load, renew, concerns, place, problem, state }
}
