import { defineStore } from 'pinia'
import { readonly, ref } from 'vue'
import { BY_NAME, type Sorting } from '@/lib/sorting'

/** What people want to see first of it. */
const FIRST = { name: 'asc', updated: 'desc', size: 'desc' } as const

/** How folders are sorted: as whoever looks likes it, whichever folder it is. */
export const useSorting = defineStore('sorting', () => {
  const current = ref<Sorting>(BY_NAME)

  /** By this; the other way round, if it is by this already. */
  function by(sort: Sorting['sort']): void {
    const { sort: before, order } = current.value
    current.value = { sort, order: sort !== before ? FIRST[sort] : order === 'asc' ? 'desc' : 'asc' }
  }

  return { current: readonly(current), by }
})
