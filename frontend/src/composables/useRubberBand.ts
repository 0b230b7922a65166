import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { touched, type Box } from '@/lib/rows'
import { NOTHING, type Selection } from '@/lib/selection'
import { useEdgeScroll } from './useEdgeScroll'

interface Shape {
  element: HTMLElement
  rowHeight: number
  columns: number
}

interface Rows {
  /** Where a band may begin: between and beside the rows. */
  surface: Readonly<Ref<HTMLElement | null>>
  shape: () => Shape | undefined
  /** Of those that are known. */
  idAt: (at: number) => string | undefined
  count: () => number
  selection: Ref<Selection>
}

const BEGINS_AFTER_PIXELS = 5
const TAKEN = 'a, button, input, textarea, label, [role=toolbar], [role=gridcell], .row, .tile__card, .drag-ghost'

/** Selects what a band touches that the mouse draws from an empty place; with Ctrl besides what was. A click selects nothing. */
export function useRubberBand({ surface, shape, idAt, count, selection }: Rows) {
  /** In the window; null: nothing is drawn. */
  const band = shallowRef<Box | null>(null)
  let from: { x: number; y: number; before: Selection } | null = null
  let pointer = { x: 0, y: 0 }
  /** What the band has touched, by number: it may have been let go since. */
  let met = new Map<number, string>()
  const edge = useEdgeScroll(draw)

  function draw(): void {
    if (!from) return
    const y = from.y - scrollY
    const [left, right] = [Math.min(from.x, pointer.x), Math.max(from.x, pointer.x)]
    const [top, bottom] = [Math.min(y, pointer.y), Math.max(y, pointer.y)]
    if (!band.value && Math.max(right - left, bottom - top) < BEGINS_AFTER_PIXELS) return
    band.value = { left, top, right, bottom }
    select(band.value)
  }

  function select({ left, top, right, bottom }: Box): void {
    const seen = shape()
    if (!seen) return
    const { x, y, width } = seen.element.getBoundingClientRect()
    const box = { left: left - x, top: top - y, right: right - x, bottom: bottom - y }
    const grid = { rowHeight: seen.rowHeight, columns: seen.columns, columnWidth: width / seen.columns, count: count() }
    const found = touched(box, grid).flatMap((at) => meet(at) ?? [])
    selection.value = { ids: new Set([...from!.before.ids, ...found]), anchor: found[0] ?? from!.before.anchor }
  }

  function meet(at: number): string | undefined {
    const id = idAt(at)
    if (id) met.set(at, id)
    return id ?? met.get(at)
  }

  function down(event: PointerEvent): void {
    const isEmpty = !(event.target as Element).closest(TAKEN)
    if (event.pointerType !== 'mouse' || event.button !== 0 || !isEmpty || !shape()) return
    const before = event.ctrlKey || event.metaKey ? selection.value : NOTHING
    from = { x: event.clientX, y: event.clientY + scrollY, before }
    pointer = { x: event.clientX, y: event.clientY }
    met = new Map()
    addEventListener('pointermove', move)
    addEventListener('pointerup', up)
    addEventListener('pointercancel', up)
  }

  function move(event: PointerEvent): void {
    pointer = { x: event.clientX, y: event.clientY }
    draw()
    if (!band.value) return
    // No text is marked meanwhile.
    event.preventDefault()
    getSelection()?.removeAllRanges()
    edge.hold(event.clientY)
  }

  function up(): void {
    if (from && !band.value) selection.value = from.before
    end()
  }

  function end(): void {
    from = null
    band.value = null
    edge.release()
    removeEventListener('pointermove', move)
    removeEventListener('pointerup', up)
    removeEventListener('pointercancel', up)
  }

  watch(surface, (element) => element?.addEventListener('pointerdown', down), { immediate: true })
  onScopeDispose(end)
  return { band }
}
