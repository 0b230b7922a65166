/**
 * By how many rows the row that was at `held` has moved when `before` became `now`. If it went, the nearest one below
 * it that stayed counts, for that one comes into its place; at the end the nearest above.
 */
export function shiftOf(held: number, before: string[], now: string[]): number {
  if (before[held] !== undefined && before[held] === now[held]) return 0
  const places = new Map<string, number>()
  now.forEach((id, at) => places.set(id, at))
  for (let at = held; at < before.length; at++) {
    const place = places.get(before[at]!)
    if (place !== undefined) return place - held
  }
  for (let at = Math.min(held, before.length) - 1; at >= 0; at--) {
    const place = places.get(before[at]!)
    if (place !== undefined) return place - at
  }
  return 0
}
