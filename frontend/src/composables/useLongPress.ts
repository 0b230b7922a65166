import { onScopeDispose } from 'vue'

const LONG_MILLISECONDS = 500
/** A finger is never quite still; one that goes further scrolls. */
const STILL_PIXELS = 10

/** A finger that rests: what a right click is for who has no mouse. The click that ends it is taken away. */
export function useLongPress(onPress: (target: Element, at: [x: number, y: number]) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let from: [number, number] = [0, 0]
  let wasLong = false

  function give(): void {
    clearTimeout(timer)
    timer = undefined
  }

  function down({ pointerType, target, clientX, clientY }: PointerEvent): void {
    give()
    wasLong = false
    if (pointerType !== 'touch') return
    from = [clientX, clientY]
    timer = setTimeout(() => {
      wasLong = true
      onPress(target as Element, from)
    }, LONG_MILLISECONDS)
  }

  function move({ clientX, clientY }: PointerEvent): void {
    if (Math.hypot(clientX - from[0], clientY - from[1]) > STILL_PIXELS) give()
  }

  function click(event: MouseEvent): void {
    if (!wasLong) return
    wasLong = false
    event.preventDefault()
    event.stopPropagation()
  }

  onScopeDispose(give)
  /** Whether the menu that the browser asks for now is one that the finger has asked for already. */
  const isPressed = () => wasLong
  return { isPressed, listeners: { pointerdown: down, pointermove: move, pointerup: give, pointercancel: give }, click }
}
