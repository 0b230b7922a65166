import { expect, it } from 'vitest'
import { Pace } from './pace'

it('says how fast it went lately, and how long the rest takes', () => {
  const pace = new Pace()
  for (let second = 0; second <= 5; second += 1) pace.note(second * 1000, second * 200)

  expect(pace.bytesPerSecond).toBe(200)
  expect(pace.secondsFor(1000)).toBe(5)
})

it('forgets what was long ago', () => {
  const pace = new Pace()
  pace.note(0, 0)
  pace.note(1000, 1_000_000)
  for (let second = 2; second <= 20; second += 1) pace.note(second * 1000, 1_000_000)

  expect(pace.bytesPerSecond).toBe(0)
})

it('says nothing before it knows enough, nor after a rest', () => {
  const pace = new Pace()
  pace.note(0, 0)
  pace.note(200, 500)
  expect(pace.bytesPerSecond).toBe(0)
  pace.note(2000, 500)

  pace.rest()

  expect(pace.bytesPerSecond).toBe(0)
})

it('is never below nothing, though bytes that have to be sent again are taken back', () => {
  const pace = new Pace()
  pace.note(0, 900)
  pace.note(2000, 100)

  expect(pace.bytesPerSecond).toBe(0)
  expect(pace.secondsFor(5)).toBe(Infinity)
})
