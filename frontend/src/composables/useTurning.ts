import { turnOf, turnOfKey, type Point, type Turn } from '@/lib/turning'

/** Leafs by arrow keys and by finger: listeners for whatever surrounds that which is leafed through. */
export function useTurning(turn: (way: Turn) => void) {
  let from: Point | null = null

  function keydown(event: KeyboardEvent): void {
    const way = event.defaultPrevented || isTaken(event.target) ? null : turnOfKey(event)
    if (way) turn(way)
  }

  function touchstart({ touches, target }: TouchEvent): void {
    const [finger, ...others] = touches
    // Two fingers enlarge.
    from = finger && !others.length && !isTaken(target) ? { x: finger.clientX, y: finger.clientY } : null
  }

  function touchend({ changedTouches }: TouchEvent): void {
    const [finger] = changedTouches
    const way = from && finger ? turnOf(from, { x: finger.clientX, y: finger.clientY }) : null
    from = null
    if (way) turn(way)
  }

  return { keydown, touchstart, touchend }
}

/** Films and fields use the same keys and fingers, and so does what can be scrolled sideways. */
function isTaken(target: EventTarget | null): boolean {
  for (let at = target as Element | null; at; at = at.parentElement) {
    if (at.matches('video, audio, input, textarea')) return true
    if (at.scrollWidth > at.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(at).overflowX)) return true
  }
  return false
}
