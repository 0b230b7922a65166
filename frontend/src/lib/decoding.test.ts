import { expect, it } from 'vitest'
import { decoded } from './decoding'

const buffer = (...bytes: number[]) => Uint8Array.from(bytes).buffer

it.each([
  ['UTF-8', buffer(0xc3, 0xa9), 'é'],
  ['UTF-8 with a mark', buffer(0xef, 0xbb, 0xbf, 0x61), 'a'],
  ['UTF-16, little end first', buffer(0xff, 0xfe, 0xe9, 0x00), 'é'],
  ['UTF-16, big end first', buffer(0xfe, 0xff, 0x00, 0xe9), 'é'],
  ['nothing', buffer(), ''],
])('reads %s', (_, bytes, text) => {
  expect(decoded(bytes)).toBe(text)
})
