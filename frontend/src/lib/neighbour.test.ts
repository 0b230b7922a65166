import { expect, it } from 'vitest'
import { neighbour } from './neighbour'

it.each([
  [3, 'ArrowDown', 4],
  [29, 'ArrowDown', 29],
  [3, 'ArrowUp', 2],
  [0, 'ArrowUp', 0],
  [3, 'PageDown', 13],
  [25, 'PageDown', 29],
  [13, 'PageUp', 3],
  [3, 'PageUp', 0],
  [3, 'Home', 0],
  [3, 'End', 29],
  [3, 'x', undefined],
])('from %i, %s leads to %s', (at, key, to) => {
  expect(neighbour(key, { at, count: 30, page: 10 })).toBe(to)
})
