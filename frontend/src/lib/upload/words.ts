import { formatDuration, formatShare, formatSize } from '@/lib/format'
import type { UploadItem } from './queue'
import { openCount, type Tally } from './tally'

const MANY_ROWS = 50

/** How it stands with one. */
export function wordsFor(item: UploadItem): string {
  const { state, sizeBytes, sentBytes, detail, requestId } = item
  const share = `${formatShare(sentBytes, sizeBytes)} of ${formatSize(sizeBytes)}`
  switch (state) {
    case 'waiting':
      return 'Waiting'
    case 'sending':
      return item.isStalled ? `Waiting for the connection, at ${share}` : share
    case 'paused':
      return detail || `Paused at ${share}`
    case 'finishing':
      return 'Finishing'
    case 'conflict':
      return 'A file of this name is there already.'
    case 'failed':
      return requestId ? `${detail} (request ${requestId})` : detail
    default:
      return formatSize(sizeBytes)
  }
}

/** How it stands with all, in a few words. */
export function summaryOf(tally: Tally): string {
  const { byState, count } = tally
  const needy = byState.failed + byState.conflict
  if (openCount(tally)) return `Uploading ${byState.done + 1} of ${count}`
  if (needy) return needy === 1 ? 'One file needs you' : `${needy} files need you`
  if (byState.paused) return byState.paused === 1 ? 'One upload is paused' : `${byState.paused} uploads are paused`
  return byState.done === 1 ? 'One file uploaded' : `${byState.done} files uploaded`
}

/** How much of all, how fast, and how long still. */
export function progressOf({ sentBytes, sizeBytes }: Tally, bytesPerSecond: number): string {
  const parts = [`${formatSize(sentBytes)} of ${formatSize(sizeBytes)}`]
  if (bytesPerSecond > 0) {
    parts.push(`${formatSize(bytesPerSecond)}/s`, `${formatDuration((sizeBytes - sentBytes) / bytesPerSecond)} left`)
  }
  return parts.join(' · ')
}

/** Those worth a row: all, or of many those that move or need somebody first, then the latest. */
export function rowsOf(items: readonly UploadItem[]): UploadItem[] {
  const shown = items.filter(({ state }) => state !== 'cancelled')
  if (shown.length <= MANY_ROWS) return shown
  const rank = { conflict: 0, failed: 0, sending: 1, finishing: 1, paused: 2, waiting: 2, done: 3, cancelled: 4 }
  return [0, 1, 2, 3].flatMap((wanted) => shown.filter(({ state }) => rank[state] === wanted)).slice(0, MANY_ROWS)
}
