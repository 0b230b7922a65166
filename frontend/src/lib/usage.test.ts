import { expect, it } from 'vitest'
import { partsOf } from './usage'

it('shares the quota out among what counts in it', () => {
  const parts = partsOf({ bytes_used: 500, quota_bytes: 1000, versions_bytes: 100, trash_bytes: 50 })

  expect(parts.map(({ sizeBytes, percent }) => [sizeBytes, percent])).toEqual([[350, 35], [100, 10], [50, 5]])
})

it('without a quota the whole is what is used', () => {
  const parts = partsOf({ bytes_used: 200, quota_bytes: null, versions_bytes: null, trash_bytes: 50 })

  expect(parts.map(({ percent }) => percent)).toEqual([75, 0, 25])
})

it('nothing is nothing, and more than the quota is no more than the bar', () => {
  expect(partsOf({ bytes_used: 0, quota_bytes: null, versions_bytes: 0, trash_bytes: 0 })[0]!.percent).toBe(0)
  expect(partsOf({ bytes_used: 200, quota_bytes: 100, versions_bytes: 0, trash_bytes: 0 })[0]!.percent).toBe(100)
})
