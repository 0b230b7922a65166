import { expect, it } from 'vitest'
import { nameObjection, stemLength } from './names'

it.each(['', '   ', '.', '..', 'a/b', 'ä'.repeat(128)])('objects to %j', (name) => {
  expect(nameObjection(name)).not.toBe('')
})

it.each(['a', '.profile', 'CON', 'ä'.repeat(127), '<img onerror=alert(1)>'])('takes %j', (name) => {
  expect(nameObjection(name)).toBe('')
})

it.each([
  ['holiday.mkv', 7],
  ['.profile', 8],
  ['notes', 5],
  ['a.tar.gz', 5],
])('of %s selects %i characters', (name, length) => {
  expect(stemLength(name)).toBe(length)
})
