import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { Entry } from '@/api/nodes'

/** Nodes that are being dragged: what a drag carries can be read only when it is let go. */
export const useDragging = defineStore('dragging', () => {
  const nodes = shallowRef<Entry[]>([])
  /** The folder that they would go to now. */
  const overId = ref('')
  /** How many times something has arrived: then folders look different. */
  const landedCount = ref(0)

  function begin(dragged: Entry[]): void {
    nodes.value = dragged
  }

  function end(): void {
    nodes.value = []
    overId.value = ''
  }

  /** Not into themselves, nor where they are. */
  function mayGoTo(folderId: string): boolean {
    return nodes.value.length > 0 && nodes.value.every(({ id, parent_id }) => id !== folderId && parent_id !== folderId)
  }

  function landed(): void {
    landedCount.value += 1
  }

  return { nodes, overId, landedCount, begin, end, mayGoTo, landed }
})
