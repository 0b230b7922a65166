import { expect, it } from 'vitest'
import { shiftOf } from './steady'

it.each([
  ['a row that came in above', 1, 'a b c', 'x a b c', 1],
  ['a row that came in below', 1, 'a b c', 'a b x c', 0],
  ['a row that went above', 2, 'a b c', 'b c', -1],
  ['the row itself that went: the next one takes its place', 1, 'a b c', 'a c', 0],
  ['the row itself and one above', 1, 'a b c', 'c', -1],
  ['the last row that went', 2, 'a b c', 'a b', 0],
  ['another list', 1, 'a b', 'x y', 0],
])('heeds %s', (_, held, before, now, shift) => {
  expect(shiftOf(held, before.split(' '), now.split(' '))).toBe(shift)
})
