import { onMounted, watch, type Ref } from 'vue'
import { shiftOf } from '@/lib/steady'

interface Rows {
  list: Readonly<Ref<HTMLElement | null>>
  ids: () => string[]
  rowHeight: Readonly<Ref<number>>
  columns: () => number
}

/**
 * A list that changes by itself stays where it is under the pointer; without one the row that has the focus stays, or
 * the first that is in view of a list that was scrolled. The page scrolls by as much as the row has moved. Where
 * there is nothing to scroll, the list makes room above and below itself until the pointer leaves.
 */
export function useSteadyRows({ list, ids, rowHeight, columns }: Rows): void {
  let pointerY: number | null = null
  let held: number | null = null
  let scrolled = 0
  let above = 0
  let below = 0

  function rowAt(y: number, top: number): number {
    return Math.floor((y - top) / rowHeight.value)
  }

  function heldRow(): number | null {
    if (!list.value) return null
    const { top } = list.value.getBoundingClientRect()
    if (pointerY !== null) return rowAt(pointerY, top)
    const focused = list.value.contains(document.activeElement) ? document.activeElement : null
    if (focused) return rowAt(focused.getBoundingClientRect().top + 1, top)
    return top < 0 ? rowAt(0, top) : null
  }

  function makeRoom(): void {
    list.value!.style.top = `${above}px`
    list.value!.style.marginBottom = `${above + below}px`
  }

  function scrollBack(rows: number): void {
    const wanted = scrolled + rows * rowHeight.value
    const end = list.value!.getBoundingClientRect().bottom + scrollY - above
    const most = document.documentElement.scrollHeight - innerHeight
    if (wanted < 0) above -= wanted
    if (wanted > most) below = wanted + innerHeight - end
    makeRoom()
    scrollTo({ top: Math.max(0, wanted), behavior: 'instant' })
  }

  function over({ clientY }: PointerEvent): void {
    pointerY = clientY
  }

  function left(): void {
    pointerY = null
    above = below = 0
    makeRoom()
  }

  watch(ids, () => {
    held = heldRow()
    scrolled = scrollY
  })
  watch(
    ids,
    (now, before) => {
      if (held === null || !list.value) return
      const first = held * columns()
      const rows = Math.floor((first + shiftOf(first, before, now)) / columns()) - held
      if (rows) scrollBack(rows)
    },
    { flush: 'post' },
  )
  onMounted(() => {
    list.value!.addEventListener('pointermove', over)
    list.value!.addEventListener('pointerleave', left)
  })
}
