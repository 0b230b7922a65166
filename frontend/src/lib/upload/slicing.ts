/** One part: its number from 1, where it begins and how long it is. */
export interface Span {
  number: number
  offset: number
  sizeBytes: number
}

/** Up to here a file is one part, whose hash can go along when the upload is started. */
export const SMALLEST_PART_BYTES = 8 * 2 ** 20

/** The parts of a file, in order; an empty file has one, which is empty. */
export function spans(sizeBytes: number, partBytes: number): Span[] {
  if (partBytes <= 0) throw new RangeError('a part has at least one byte')
  const count = Math.max(1, Math.ceil(sizeBytes / partBytes))
  return Array.from({ length: count }, (_, index) => {
    const offset = index * partBytes
    return { number: index + 1, offset, sizeBytes: Math.min(partBytes, sizeBytes - offset) }
  })
}
