import { expect, it } from 'vitest'
import { Lanes } from './lanes'

it('runs no more at once than there are lanes, and all of them in the end', async () => {
  const lanes = new Lanes(2)
  let running = 0
  let most = 0
  const task = async () => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running -= 1
  }

  await Promise.all(Array.from({ length: 7 }, () => lanes.run(task)))

  expect({ most, running }).toEqual({ most: 2, running: 0 })
})

it('frees the lane of a task that fails', async () => {
  const lanes = new Lanes(1)

  await expect(lanes.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')

  await expect(lanes.run(() => Promise.resolve('next'))).resolves.toBe('next')
})
