import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Entry } from '@/api/nodes'

/** What was cut or copied last, to be pasted in some folder. */
export const useClipboard = defineStore('clipboard', () => {
  const held = shallowRef<{ nodes: Entry[]; isCut: boolean } | null>(null)
  /** What is on its way out, to be shown so. */
  const cutIds = computed(() => new Set(held.value?.isCut ? held.value.nodes.map(({ id }) => id) : []))

  function hold(nodes: Entry[], isCut: boolean): void {
    held.value = { nodes, isCut }
  }

  /** What is cut is pasted once; what is copied, as often as one likes. */
  function take(): { nodes: Entry[]; isCut: boolean } | null {
    const taken = held.value
    if (taken?.isCut) held.value = null
    return taken
  }

  function forget(): void {
    held.value = null
  }

  return { held, cutIds, hold, take, forget }
})
