import { expect, it } from 'vitest'
import { everything, kept, NOTHING, ranged, toggled, widened, without } from './selection'

const ALL = ['a', 'b', 'c', 'd', 'e']

it('takes one more, and lets it go again', () => {
  const both = toggled(toggled(NOTHING, 'b'), 'd')
  expect([...both.ids]).toEqual(['b', 'd'])

  expect([...toggled(both, 'b').ids]).toEqual(['d'])
})

it.each([
  ['d', ['b', 'c', 'd']],
  ['a', ['a', 'b']],
  ['b', ['b']],
])('reaches from the one chosen last to %s', (id, ids) => {
  expect([...ranged(toggled(NOTHING, 'b'), ALL, id).ids]).toEqual(ids)
})

it('turns a range around its anchor', () => {
  const down = ranged(toggled(NOTHING, 'c'), ALL, 'e')

  expect([...ranged(down, ALL, 'b').ids]).toEqual(['b', 'c'])
})

it('begins a range where the focus comes from if nothing was chosen, or if that has gone', () => {
  expect([...ranged(NOTHING, ALL, 'c', 'b').ids]).toEqual(['b', 'c'])
  expect([...ranged(toggled(NOTHING, 'gone'), ALL, 'c', 'b').ids]).toEqual(['b', 'c'])
})

it('takes all there is', () => {
  expect([...everything(ALL).ids]).toEqual(ALL)
})

it('takes more, and begins ranges at the first', () => {
  expect(widened(widened(NOTHING, ['a', 'b']), ['c'])).toEqual({ ids: new Set(['a', 'b', 'c']), anchor: 'a' })
})

it('tells how far a range reaches of which not all rows are known', () => {
  const some = ALL.slice()
  delete some[2]

  const range = ranged(toggled(NOTHING, 'b'), some, 'e')

  expect([...range.ids]).toEqual(['b', 'd', 'e'])
  expect(range.reach).toEqual([1, 5])
})

it('forgets what has gone, and is the same if nothing has', () => {
  const both = toggled(toggled(NOTHING, 'b'), 'd')

  expect([...without(both, ['a', 'b']).ids]).toEqual(['d'])
  expect(without(both, ['a', 'c'])).toBe(both)
  expect([...kept(both, ['a', 'd']).ids]).toEqual(['d'])
  expect(kept(both, ALL)).toBe(both)
})
