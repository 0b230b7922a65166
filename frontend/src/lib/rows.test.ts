import { expect, it } from 'vitest'
import { rowsOf, spanInView } from './rows'

const window = { windowHeight: 500, rowHeight: 50 }

it.each([
  ['at its beginning', 0, { from: 0, to: 22 }],
  ['below the edge of the window', -200, { from: 0, to: 18 }],
  ['in its middle', 50_000, { from: 988, to: 1022 }],
  ['at its end', 4_999_500, { from: 99_978, to: 100_000 }],
  ['scrolled past', 6_000_000, { from: 100_000, to: 100_000 }],
])('of a long list %s only what can be seen, and a little more, is drawn', (_, above, span) => {
  expect(spanInView({ ...window, above, count: 100_000 })).toEqual(span)
})

it('draws a short list whole', () => {
  expect(spanInView({ ...window, above: 0, count: 3 })).toEqual({ from: 0, to: 3 })
})

it.each([
  ['none', null, [4, 5, 6]],
  ['one before', 1, [1, 4, 5, 6]],
  ['one within', 5, [4, 5, 6]],
  ['one after', 9, [4, 5, 6, 9]],
])('draws %s besides, in order', (_, kept, rows) => {
  expect(rowsOf({ from: 4, to: 7 }, kept)).toEqual(rows)
})
