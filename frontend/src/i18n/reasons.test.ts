import { expect, it } from 'vitest'
import { reasonFor } from './uploads'

it.each([
  ['quota_exceeded', 507, /no room left/],
  ['file_too_large', 413, /larger than a file may be/],
  ['permission_denied', 403, /may no longer/],
  ['node_not_found', 404, /gone/],
])('says %s in words', (code, status, words) => {
  expect(reasonFor({ code, status, detail: 'said' })).toMatch(words)
})

it('knows a proxy that finds it too large, and repeats what it does not know', () => {
  expect(reasonFor({ code: 'unknown', status: 413, detail: 'said' })).toMatch(/larger/)
  expect(reasonFor({ code: 'unheard_of', status: 409, detail: 'said' })).toBe('said')
})
