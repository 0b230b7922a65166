import { computed, shallowRef, watch, type Ref } from 'vue'
import * as nodes from '@/api/nodes'
import { problemFrom, type Problem } from '@/api/problem'
import { BY_NAME, type Sorting } from '@/lib/sorting'
import { usePages } from './usePages'

/** A folder, where it is, and what is in it, as it is to be sorted; follows both. */
export function useFolder(folderId: Ref<string>, sorting: () => Sorting = () => BY_NAME) {
  const place = shallowRef<nodes.PlacedNode | null>(null)
  const placeProblem = shallowRef<Problem | null>(null)
  const pages = usePages<nodes.Node>((query) => nodes.entries(folderId.value, { ...sorting(), ...query }))

  async function findPlace(): Promise<void> {
    const id = folderId.value
    try {
      const found = await nodes.placedNode(id)
      if (id !== folderId.value) return
      place.value = found
      placeProblem.value = null
    } catch (error) {
      if (id === folderId.value) placeProblem.value = problemFrom(error)
    }
  }

  async function load(): Promise<void> {
    placeProblem.value = null
    await Promise.all([findPlace(), pages.load()])
  }

  watch(folderId, load, { immediate: true })
  watch(sorting, pages.load)

  const problem = computed(() => placeProblem.value ?? pages.problem.value)
  const state = computed(() => (placeProblem.value ? 'failed' : pages.state.value))
  return { ...pages, load, place, problem, state }
}
