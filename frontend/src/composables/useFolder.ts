import { computed, shallowRef, watch, type Ref } from 'vue'
import type { Change } from '@/api/changes'
import * as nodes from '@/api/nodes'
import { problemFrom, type Problem } from '@/api/problem'
import { BY_NAME, type Sorting } from '@/lib/sorting'
import { usePages } from './usePages'

/** A folder, where it is, and what is in it, as it is to be sorted; follows both. */
export function useFolder(folderId: Ref<string>, sorting: () => Sorting = () => BY_NAME) {
  const place = shallowRef<nodes.PlacedNode | null>(null)
  const placeProblem = shallowRef<Problem | null>(null)
  const pages = usePages<nodes.Node>((query) => nodes.entries(folderId.value, { ...sorting(), ...query }))

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

  const shown = computed(() => new Map(pages.items.value.map((node) => [node.id, node.seq])))
  const way = computed(() => [...(place.value?.ancestors ?? []), ...(place.value ? [place.value] : [])])

  /** Whether the folder looks different after it: what it shows already, such as our own doing, is no news. */
  function concerns({ kind, node }: Change): boolean {
    const seq = shown.value.get(node.id)
    if (seq !== undefined) return seq < node.seq
    const comesIn = kind === 'placed' && node.parent_id === place.value?.id
    return comesIn || way.value.some(({ id }) => id === node.id)
  }

  watch(folderId, load, { immediate: true })
  watch(sorting, pages.load)

  const problem = computed(() => placeProblem.value ?? pages.problem.value)
  const state = computed(() => (placeProblem.value ? 'failed' : pages.state.value))
  return { ...pages, load, renew, concerns, place, problem, state }
}
