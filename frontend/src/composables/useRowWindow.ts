import { onMounted, onUnmounted, shallowRef, watch, type Ref } from 'vue'
import { spanInView, type Span } from '@/lib/rows'

const GUESSED_ROW_HEIGHT = 54

interface Rows {
  count: () => number
  /** How wide one is at least, in pixels; 0: as wide as the list. */
  leastWidth: () => number
}

/**
 * The part of `list` that the window shows, while the page is scrolled. All rows are as high as the first one, which
 * is measured, because it is higher on a phone and grows with the reader's type.
 */
export function useRowWindow(list: Readonly<Ref<HTMLElement | null>>, { count, leastWidth }: Rows) {
  const rowHeight = shallowRef(GUESSED_ROW_HEIGHT)
  const columns = shallowRef(1)
  const span = shallowRef<Span>({ from: 0, to: 0 })

  function look(): void {
    const above = list.value ? -list.value.getBoundingClientRect().top : 0
    const place = { above, windowHeight: innerHeight, rowHeight: rowHeight.value, count: count(), columns: columns.value }
    const seen = spanInView(place)
    if (seen.from !== span.value.from || seen.to !== span.value.to) span.value = seen
  }

  function measure(): void {
    const width = list.value?.clientWidth ?? 0
    columns.value = leastWidth() ? Math.max(2, Math.floor(width / leastWidth())) : 1
    rowHeight.value = list.value?.querySelector<HTMLElement>('[data-at]:not([aria-busy])')?.offsetHeight || rowHeight.value
    look()
  }

  // Before the first drawing, too: a list that begins empty would be as high as nothing.
  look()
  watch(count, look)
  watch(leastWidth, measure, { flush: 'post' })
  const observer = new ResizeObserver(measure)
  onMounted(() => {
    observer.observe(list.value!)
    addEventListener('scroll', look, { passive: true })
    addEventListener('resize', measure)
    measure()
  })
  onUnmounted(() => {
    observer.disconnect()
    removeEventListener('scroll', look)
    removeEventListener('resize', measure)
  })

  const screenful = () => Math.max(1, Math.floor(innerHeight / rowHeight.value) - 2)
  return { span, rowHeight, columns, screenful }
}
