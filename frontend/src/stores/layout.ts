import { defineStore } from 'pinia'
import { readonly, ref } from 'vue'
import { chosenLayout, rememberLayout } from '@/api/layout'

/** Rows or tiles: as whoever looks likes it, whichever folder it is. */
export const useLayout = defineStore('layout', () => {
  const current = ref(chosenLayout())

  function change(): void {
    current.value = current.value === 'list' ? 'grid' : 'list'
    rememberLayout(current.value)
  }

  return { current: readonly(current), change }
})
