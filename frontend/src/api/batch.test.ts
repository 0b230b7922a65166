// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { runBatch, type Operation, type Result } from './batch'
import { Problem } from './problem'

const many: Operation[] = Array.from({ length: 2500 }, (_, at) => ({ op: 'trash', node_id: String(at) }))
const done = (part: Operation[]): Promise<Result[]> => Promise.resolve(part.map(() => ({ status: 200 }) as Result))

it('sends as many at once as the server takes, and keeps their order', async () => {
  const sizes: number[] = []

  const results = await runBatch(many, (part) => {
    sizes.push(part.length)
    return done(part)
  })

  expect(sizes).toEqual([1000, 1000, 500])
  expect(results).toHaveLength(2500)
})

it('knows what was done before nobody answered any more, so that it can be taken back', async () => {
  let calls = 0

  const results = await runBatch(many, (part) => {
    calls += 1
    return calls === 1 ? done(part) : Promise.reject(new Problem(503, 'unavailable', 'Busy.', 'r1'))
  })

  expect(calls).toBe(2)
  expect(results.filter(({ status }) => status === 200)).toHaveLength(1000)
  expect(results[1000]).toMatchObject({ status: 503, problem: { code: 'unavailable', detail: 'Busy.' } })
  expect(results).toHaveLength(2500)
})

it('fails where none was taken', async () => {
  const refusal = new Problem(0, 'unreachable', 'Nobody answers.')

  await expect(runBatch(many, () => Promise.reject(refusal))).rejects.toBe(refusal)
})
