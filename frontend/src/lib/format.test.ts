import { describe, expect, it } from 'vitest'
import { formatDuration, formatShare, formatSize, formatTime } from './format'

const plain = (text: string) => text.replace(/\s/g, ' ')

describe('sizes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [12_400_000, '12.4 MB'],
    [104_857_600, '105 MB'],
    [3_000_000_000_000, '3 TB'],
  ])('of %i bytes read %s', (bytes, words) => {
    expect(plain(formatSize(bytes, 'en'))).toBe(words)
  })

  it('are written as the reader is used to', () => {
    expect(plain(formatSize(12_400_000, 'de'))).toBe('12,4 MB')
  })
})

describe('times', () => {
  const now = new Date(2026, 10, 25, 18, 0)
  const at = (...parts: [number, number, number, number?]) => new Date(...parts).toISOString()

  it.each([
    [at(2026, 10, 25, 18), 'now'],
    [at(2026, 10, 25, 9), '09:00'],
    [at(2026, 5, 3), '3 Jun'],
    [at(2019, 5, 3), '3 Jun 2019'],
  ])('%s reads %s', (iso, words) => {
    expect(plain(formatTime(iso, now, 'en-GB'))).toBe(words)
  })
})

it('calls nothing of nothing all of it', () => {
  expect(formatShare(0, 0, 'en')).toBe('100%')
})

it.each([
  [1, '5 sec'],
  [42, '45 sec'],
  [58, '1 min'],
  [170, '3 min'],
  [3599, '1 hr'],
  [4800, '1 hr 20 min'],
  [90_000, '25 hr'],
])('says a wait of %d seconds roughly', (seconds, words) => {
  expect(formatDuration(seconds, 'en-US')).toBe(words)
})
