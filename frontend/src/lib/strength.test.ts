import { expect, it } from 'vitest'
import { strengthOf } from './strength'

it('tells a password that everybody has from one that nobody guesses', async () => {
  expect((await strengthOf('password1', [])).score).toBe(0)
  expect((await strengthOf('seven red bicycles on a hill', [])).score).toBe(4)
})

it('thinks little of what anybody knows of its owner', async () => {
  const name = 'ada.lovelace@example.com'

  const stranger = await strengthOf(name, [])
  const owner = await strengthOf(name, [name])

  expect(owner.score).toBeLessThan(stranger.score)
})
