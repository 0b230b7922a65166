export type Turn = 'before' | 'after'

export interface Point {
  x: number
  y: number
}

const SHORTEST_PIXELS = 60

/** Which way a finger leafs; null if it went nowhere, or rather up or down. */
export function turnOf(from: Point, to: Point): Turn | null {
  const [right, down] = [to.x - from.x, to.y - from.y]
  if (Math.abs(right) < SHORTEST_PIXELS || Math.abs(right) < 2 * Math.abs(down)) return null
  return right > 0 ? 'before' : 'after'
}

/** Which way a key leafs. */
export function turnOfKey({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): Turn | null {
  if (altKey || ctrlKey || metaKey || shiftKey) return null
  return ({ ArrowLeft: 'before', ArrowRight: 'after' } as const)[key] ?? null
}
