import { onScopeDispose } from 'vue'
import type { Change } from '@/api/changes'
import { inTurns } from '@/lib/changes/turns'
import { useChanges } from '@/stores/changes'

const SHORTEST_REST_MILLISECONDS = 300
/** A long list takes long to read: most of the time goes to other things. */
const REST_PER_WORK = 4

/**
 * Reads anew what is shown when something happened that `concerns` it. Many changes are few readings, and a page that
 * nobody sees reads when it is seen again.
 */
export function useNews(concerns: (change: Change) => boolean, read: () => Promise<unknown>): void {
  const rest = (took: number) =>
    new Promise((resolve) => setTimeout(resolve, Math.max(SHORTEST_REST_MILLISECONDS, REST_PER_WORK * took)))
  const readInTurns = inTurns(read, rest)
  let isOld = false

  function catchUp(): void {
    if (!isOld || document.hidden) return
    isOld = false
    readInTurns()
  }

  const end = useChanges().onNews(({ entries, isAnew }) => {
    isOld ||= isAnew || entries.some(({ changes }) => changes.some(concerns))
    catchUp()
  })
  document.addEventListener('visibilitychange', catchUp)
  onScopeDispose(() => {
    end()
    document.removeEventListener('visibilitychange', catchUp)
  })
}
