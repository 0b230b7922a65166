import { expect, it } from 'vitest'
import type { UploadItem, UploadState } from '@/lib/upload/queue'
import { rowsOf } from '@/lib/upload/rows'
import { emptyTally, tallyUp } from '@/lib/upload/tally'
import { progressOf, summaryOf, wordsFor } from './uploads'

function item(state: UploadState, change: Partial<UploadItem> = {}): UploadItem {
  const fixed = { id: 'i', name: 'a', folders: [], sizeBytes: 1_000_000, batch: 'b' }
  return { ...fixed, state, sentBytes: 0, isStalled: false, wasKnown: false, why: null, requestId: '', ...change }
}

function tallyOf(...items: UploadItem[]) {
  const tally = emptyTally()
  for (const each of items) tallyUp(tally, each, 1)
  return tally
}

it('says how far a file is, and why it stands still', () => {
  expect(wordsFor(item('sending', { sentBytes: 250_000 }))).toBe('25% of 1 MB')
  expect(wordsFor(item('sending', { isStalled: true }))).toBe('Waiting for the connection, at 0% of 1 MB')
  expect(wordsFor(item('paused', { sentBytes: 250_000 }))).toBe('Paused at 25% of 1 MB')
  expect(wordsFor(item('done', { wasKnown: true }))).toBe('1 MB, already in your drive')
  expect(wordsFor(item('failed', { why: () => 'No room.', requestId: 'r1' }))).toBe('No room. (request r1)')
})

it.each([
  ['Uploading 2 of 3', [item('done'), item('sending'), item('failed')]],
  ['One file needs you', [item('done'), item('failed'), item('paused')]],
  ['2 uploads are paused', [item('done'), item('paused'), item('paused')]],
  ['One file uploaded', [item('done'), item('cancelled')]],
])('sums up: %s', (words, items) => {
  expect(summaryOf(tallyOf(...items))).toBe(words)
})

it('says how fast it goes and how long it takes once it knows', () => {
  const tally = tallyOf(item('sending', { sizeBytes: 121_000_000, sentBytes: 1_000_000 }))

  expect(progressOf(tally, 0)).toBe('1 MB of 121 MB')
  expect(progressOf(tally, 1_000_000)).toBe('1 MB of 121 MB · 1 MB/s · 2 min left')
})

it('gives few of many a row: first those that need somebody, then those that move', () => {
  const items = [
    ...Array.from({ length: 500 }, () => item('done')),
    ...Array.from({ length: 500 }, () => item('waiting')),
    item('sending'),
    item('failed'),
  ]

  const states = rowsOf(items).map(({ state }) => state)

  expect(states.slice(0, 3)).toEqual(['failed', 'sending', 'waiting'])
  expect(states).toHaveLength(50)
})

it('leaves the order of few alone, and out what was cancelled', () => {
  expect(rowsOf([item('done'), item('cancelled'), item('failed')]).map(({ state }) => state)).toEqual(['done', 'failed'])
})
