import type { UploadItem } from './queue'

const MANY_ROWS = 50

/** Those worth a row: all, or of many those that move or need somebody first, then the latest. */
export function rowsOf(items: readonly UploadItem[]): UploadItem[] {
  const shown = items.filter(({ state }) => state !== 'cancelled')
  if (shown.length <= MANY_ROWS) return shown
  const rank = { conflict: 0, failed: 0, sending: 1, finishing: 1, paused: 2, waiting: 2, done: 3, cancelled: 4 }
  return [0, 1, 2, 3].flatMap((wanted) => shown.filter(({ state }) => rank[state] === wanted)).slice(0, MANY_ROWS)
}
