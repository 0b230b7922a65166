import { expect, it } from 'vitest'
import { rowsOf, spanInView, touched } from './rows'

const window = { windowHeight: 500, rowHeight: 50 }

it.each([
  ['at its beginning', 0, { from: 0, to: 23 }],
  ['below the edge of the window', -200, { from: 0, to: 19 }],
  ['in its middle', 50_000, { from: 987, to: 1023 }],
  ['at its end', 4_999_500, { from: 99_977, to: 100_000 }],
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

it('draws whole lines where several stand side by side', () => {
  expect(spanInView({ windowHeight: 500, rowHeight: 200, above: 2000, count: 1000, columns: 5 })).toEqual({ from: 30, to: 85 })
})

const grid = { rowHeight: 50, columns: 3, columnWidth: 100, count: 8 }

it.each([
  ['within one', { left: 110, top: 10, right: 120, bottom: 20 }, [1]],
  ['over four', { left: 90, top: 40, right: 110, bottom: 60 }, [0, 1, 3, 4]],
  ['beyond the last', { left: 150, top: 110, right: 900, bottom: 900 }, [7]],
  ['beside them all', { left: 310, top: 0, right: 400, bottom: 900 }, []],
  ['above them', { left: 0, top: -90, right: 300, bottom: -10 }, []],
])('a box %s touches those', (_, box, found) => {
  expect(touched(box, grid)).toEqual(found)
})
