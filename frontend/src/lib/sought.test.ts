import { expect, it } from 'vitest'
import { isAsking, queryOf, questionOf, soughtBy } from './sought'

const FOLDER = 'f'.repeat(32)

it('an address says what was asked for, and nothing else', () => {
  const question = questionOf({ q: 'holiday', type: 'image', size: 'medium', age: '7', in: FOLDER, evil: 'x' })

  expect(queryOf(question)).toEqual({ q: 'holiday', type: 'image', size: 'medium', age: '7', in: FOLDER })
})

it('takes what it does not know for nothing', () => {
  const question = questionOf({ q: ['a', 'b'], type: 'spell', size: '9', age: '-1', in: '../trash' })

  expect(queryOf(question)).toEqual({})
  expect(isAsking(question)).toBe(false)
})

it('asks the server for bounds in bytes and for times', () => {
  const question = questionOf({ q: ' holiday ', size: 'medium', age: '1' })

  expect(soughtBy(question, new Date('2026-05-04T10:30:00Z'))).toEqual({
    q: 'holiday',
    min_size: 1_000_000,
    max_size: 100_000_000,
    after: '2026-05-03T10:00:00.000Z',
  })
})

it('a filter alone is a question, a folder to look in is none', () => {
  expect(isAsking(questionOf({ age: '7' }))).toBe(true)
  expect(isAsking(questionOf({ q: '  ', in: FOLDER }))).toBe(false)
})
