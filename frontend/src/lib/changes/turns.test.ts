import { expect, it } from 'vitest'
import { inTurns } from './turns'

it('does once more what was called for many times meanwhile', async () => {
  let done = 0
  let finish = () => {}
  const call = inTurns(
    () => new Promise<void>((resolve) => ((done += 1), (finish = resolve))),
    () => Promise.resolve(),
  )
  const settled = () => new Promise((resolve) => setTimeout(resolve))

  call()
  for (let count = 0; count < 5; count++) call()
  finish()
  await settled()
  finish()
  await settled()

  expect(done).toBe(2)
  call()
  expect(done).toBe(3)
})
