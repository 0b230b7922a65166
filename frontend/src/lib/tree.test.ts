import { expect, it } from 'vitest'
import { linesOf, treeStep } from './tree'

const root = { id: 'r', name: 'Files' }
const branch = (id: string) => ({ id, name: id })
const children = new Map([
  ['r', [branch('a'), branch('b')]],
  ['a', [branch('aa')]],
  ['aa', []],
])
const lines = linesOf({ root, children, open: new Set(['r', 'a']) })

it('draws what is open, and tells levels, places and what has nothing below it', () => {
  expect(lines.map(({ id, level, place, siblings, isOpen }) => [id, level, place, siblings, isOpen])).toEqual([
    ['r', 1, 1, 1, true],
    ['a', 2, 1, 2, true],
    ['aa', 3, 1, 1, null],
    ['b', 2, 2, 2, false],
  ])
})

it('draws nothing below a closed branch, though what is there is known', () => {
  expect(linesOf({ root, children, open: new Set(['a']) }).map(({ id }) => id)).toEqual(['r'])
})

it.each([
  ['ArrowDown', 0, { go: 1 }],
  ['ArrowDown', 3, { go: 3 }],
  ['ArrowUp', 0, { go: 0 }],
  ['Home', 3, { go: 0 }],
  ['End', 0, { go: 3 }],
  ['ArrowRight', 1, { go: 2 }],
  ['ArrowRight', 2, undefined],
  ['ArrowRight', 3, { open: 'b' }],
  ['ArrowLeft', 1, { close: 'a' }],
  ['ArrowLeft', 2, { go: 1 }],
  ['ArrowLeft', 0, { close: 'r' }],
  ['B', 0, { go: 3 }],
  ['a', 1, { go: 2 }],
  ['x', 1, { go: 1 }],
  ['Escape', 1, undefined],
])('%s on line %d', (key, at, step) => {
  expect(treeStep(key, lines, at)).toEqual(step)
})
