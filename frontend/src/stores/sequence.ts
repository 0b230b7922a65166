import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Node } from '@/api/nodes'

/** The files of the list that is shown, in its order: what lies before and after one that is looked at. */
export const useSequence = defineStore('sequence', () => {
  const ids = shallowRef<readonly string[]>([])

  function show(nodes: readonly Pick<Node, 'id' | 'kind'>[]): void {
    ids.value = nodes.filter(({ kind }) => kind === 'file').map(({ id }) => id)
  }

  /** Empty where nothing is. */
  function beside(id: string): { before: string; after: string } {
    const at = ids.value.indexOf(id)
    if (at < 0) return { before: '', after: '' }
    return { before: ids.value[at - 1] ?? '', after: ids.value[at + 1] ?? '' }
  }

  return { show, beside }
})
