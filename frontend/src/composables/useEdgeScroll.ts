import { onScopeDispose } from 'vue'
import { scrollAt } from '@/lib/edges'

/** Scrolls the page as long as a pointer that holds something is near its upper or lower edge. */
export function useEdgeScroll(onScroll: () => void = () => undefined) {
  let y: number | null = null
  let frame = 0

  function step(): void {
    frame = 0
    const by = y === null ? 0 : scrollAt(y, innerHeight)
    if (!by) return
    scrollBy({ top: by, behavior: 'instant' })
    onScroll()
    frame = requestAnimationFrame(step)
  }

  /** Where the pointer is in the window. */
  function hold(clientY: number): void {
    y = clientY
    frame ||= requestAnimationFrame(step)
  }

  function release(): void {
    y = null
  }

  onScopeDispose(() => cancelAnimationFrame(frame))
  return { hold, release }
}
