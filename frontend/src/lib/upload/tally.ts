import type { UploadItem, UploadState } from './queue'

/** How it stands with all of them; what was cancelled does not count. */
export interface Tally {
  byState: Record<UploadState, number>
  count: number
  sizeBytes: number
  sentBytes: number
}

export function emptyTally(): Tally {
  const byState = { waiting: 0, sending: 0, finishing: 0, paused: 0, done: 0, conflict: 0, failed: 0, cancelled: 0 }
  return { byState, count: 0, sizeBytes: 0, sentBytes: 0 }
}

/** Adds an item as it is, or takes it off with `sign` -1: nobody walks through thousands at each step of one. */
export function tallyUp(tally: Tally, item: UploadItem, sign: 1 | -1): void {
  tally.byState[item.state] += sign
  if (item.state === 'cancelled') return
  tally.count += sign
  tally.sizeBytes += sign * item.sizeBytes
  tally.sentBytes += sign * item.sentBytes
}

export function openCount({ byState }: Tally): number {
  return byState.waiting + byState.sending + byState.finishing
}
