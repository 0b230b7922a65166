import { describe, expect, it } from 'vitest'
import { spans } from './slicing'

const MIB = 2 ** 20

describe('spans', () => {
  it('gives an empty file one empty part', () => {
    expect(spans(0, 8 * MIB)).toEqual([{ number: 1, offset: 0, sizeBytes: 0 }])
  })

  it('leaves a file of exactly one part whole', () => {
    expect(spans(8 * MIB, 8 * MIB)).toEqual([{ number: 1, offset: 0, sizeBytes: 8 * MIB }])
  })

  it('puts the one byte too many into a second part', () => {
    expect(spans(8 * MIB + 1, 8 * MIB).at(-1)).toEqual({ number: 2, offset: 8 * MIB, sizeBytes: 1 })
  })

  it.each([1, 7, 8, 9, 1000, 12345])('covers %i bytes without gap or overlap', (size) => {
    const parts = spans(size, 8)

    expect(parts.map(({ number }) => number)).toEqual(parts.map((_, index) => index + 1))
    expect(parts.reduce((end, { offset, sizeBytes }) => (offset === end ? end + sizeBytes : NaN), 0)).toBe(size)
  })

  it('refuses parts of nothing', () => {
    expect(() => spans(10, 0)).toThrow(RangeError)
  })
})
