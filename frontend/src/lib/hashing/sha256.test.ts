import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { sha256 } from './sha256'

it('knows the hash of nothing', async () => {
  expect(await sha256(new Blob([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})

it('agrees with another implementation on what comes in many chunks', async () => {
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 31 + (index >> 8)) & 255)

  expect(await sha256(new Blob([bytes]))).toBe(createHash('sha256').update(bytes).digest('hex'))
})

it('keeps two hashes that are made at once apart', async () => {
  const hashes = await Promise.all(['a', 'b'].map((text) => sha256(new Blob([text]))))

  expect(hashes).toEqual(['a', 'b'].map((text) => createHash('sha256').update(text).digest('hex')))
})

it('takes hundreds of short ones at once', async () => {
  const texts = Array.from({ length: 300 }, (_, number) => String(number))
  const hashes = await Promise.all(texts.map((text) => sha256(new Blob([text]))))

  expect(hashes).toEqual(texts.map((text) => createHash('sha256').update(text).digest('hex')))
})
