import { defineStore } from 'pinia'
import type { Entry } from '@/api/nodes'
import type { Sorting } from '@/lib/sorting'
import type { Known } from '@/lib/stretches'

/** A folder as somebody left it. */
export interface Place {
  known: Known<Entry>
  sorting: Readonly<Sorting>
  scrolledPixels: number
}

const MOST_KEPT = 8

/** Folders as they were left, for whoever goes back. */
export const usePlaces = defineStore('places', () => {
  const left = new Map<string, Place>()
  let isBack = false

  function keep(folderId: string, place: Place): void {
    left.delete(folderId)
    left.set(folderId, place)
    if (left.size > MOST_KEPT) left.delete(left.keys().next().value!)
  }

  /** How it was, if it is by going back (or forward) that one comes to it, and if it is still to be sorted so. */
  function recall(folderId: string, sorting: Readonly<Sorting>): Place | undefined {
    const place = isBack ? left.get(folderId) : undefined
    return place?.sorting === sorting ? place : undefined
  }

  /** Whoever arrives next comes back. */
  function goesBack(is: boolean): void {
    isBack = is
  }

  function forget(): void {
    left.clear()
  }

  return { keep, recall, goesBack, forget }
})
