import { expect, it } from 'vitest'
import { scrollAt } from './edges'

it.each([
  ['in the middle', 400, 0],
  ['at the upper edge', 0, -22],
  ['above the window', -50, -22],
  ['near the upper edge', 36, -11],
  ['near the lower edge', 764, 11],
  ['below the window', 900, 22],
])('a pointer %s scrolls that far', (_, y, by) => {
  expect(scrollAt(y, 800)).toBe(by)
})
