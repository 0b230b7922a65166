import { expect, it } from 'vitest'
import { canBeThumbnail } from './thumbnails'

it.each([
  ['a small photo', 'image/jpeg', 1_048_576, true],
  ['one with a parameter', 'image/PNG; q=1', 10, true],
  ['a large one', 'image/jpeg', 1_048_577, false],
  ['an empty one', 'image/jpeg', 0, false],
  ['a drawing that may hold scripts', 'image/svg+xml', 10, false],
  ['a film', 'video/mp4', 10, false],
])('%s', (_, content_type, size, can) => {
  expect(canBeThumbnail({ content_type, size })).toBe(can)
})
