import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { PartHashes } from './hashes'
import { spans } from './slicing'

const never = new AbortController().signal
const sha = (...bytes: Uint8Array[]) => bytes.reduce((all, each) => all.update(each), createHash('sha256'))

it('reads each part once, and calls the content as the server does', async () => {
  const whole = Uint8Array.from({ length: 25 }, (_, at) => at * 7)
  let read = 0
  const hashes = new PartHashes(new Blob([whole]), async (body) => {
    read += 1
    return sha(new Uint8Array(await body.arrayBuffer())).digest('hex')
  })
  const parts = spans(25, 10)

  await hashes.of(parts[1]!, never)
  const content = await hashes.ofContent(parts, never)

  const each = [whole.slice(0, 10), whole.slice(10, 20), whole.slice(20)].map((part) => sha(part).digest())
  expect(content).toBe(sha(...each).digest('hex'))
  expect(read).toBe(3 + 1)
})

it('reads again what could not be read', async () => {
  let tries = 0
  const hashes = new PartHashes(new Blob(['a']), async () => {
    if (++tries === 1) throw new Error('locked')
    return 'ab'
  })
  const [part] = spans(1, 10)

  await expect(hashes.of(part!, never)).rejects.toThrow('locked')
  expect(await hashes.of(part!, never)).toBe('ab')
})
