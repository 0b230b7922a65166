import { expect, it } from 'vitest'
import { neighbour } from './neighbour'

const rows = ['a', 'b', 'c']

it.each([
  ['a', 'ArrowDown', 'b'],
  ['c', 'ArrowDown', 'c'],
  ['b', 'ArrowUp', 'a'],
  ['a', 'ArrowUp', 'a'],
  ['c', 'Home', 'a'],
  ['a', 'End', 'c'],
])('from %s, %s leads to %s', (focused, key, to) => {
  expect(neighbour(rows, focused, key)).toBe(to)
})

it.each([
  ['a', 'x'],
  ['elsewhere', 'ArrowDown'],
])('from %s, %s leads nowhere', (focused, key) => {
  expect(neighbour(rows, focused, key)).toBeUndefined()
})
