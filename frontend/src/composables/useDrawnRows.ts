import { computed, type Ref } from 'vue'
import type { Entry } from '@/api/nodes'
import { rowsOf, type Span } from '@/lib/rows'

interface Shape {
  nodes: () => Entry[]
  span: Readonly<Ref<Span>>
  rowHeight: Readonly<Ref<number>>
  columns: Readonly<Ref<number>>
  /** The number of one that is drawn wherever it is. */
  kept: () => number | null
  /** The number of the one where Tab is to stop. */
  stop: () => number
}

/** Which rows are drawn, and where each of them stands; `pending` are those whose nodes are still to come. */
export function useDrawnRows({ nodes, span, rowHeight, columns, kept, stop }: Shape) {
  function placeOf(at: number) {
    const column = at % columns.value
    const top = Math.floor(at / columns.value) * rowHeight.value
    if (columns.value === 1) return { transform: `translateY(${top}px)` }
    return { width: `${100 / columns.value}%`, transform: `translate(${column * 100}%, ${top}px)` }
  }

  const numbers = computed(() => rowsOf(span.value, kept()).filter((at) => at < nodes().length))
  const rows = computed(() => {
    const stopAt = numbers.value.includes(stop()) ? stop() : numbers.value[0]
    return numbers.value.flatMap((at) => {
      const node = nodes()[at]
      return node ? [{ at, node, isStop: at === stopAt, style: placeOf(at) }] : []
    })
  })
  const pending = computed(() =>
    numbers.value.filter((at) => !nodes()[at]).map((at) => ({ at, style: placeOf(at) })),
  )
  return { rows, pending }
}
