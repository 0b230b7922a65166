import { nextTick, ref, watch, type Ref } from 'vue'
import { neighbour } from '@/lib/neighbour'

interface Rows {
  list: Readonly<Ref<HTMLElement | null>>
  ids: () => string[]
  screenful: () => number
  columns: () => number
}

/** Who has the focus in a list of which only a part is drawn: `focused` is a row's number, for it to stay drawn. */
export function useRowFocus({ list, ids, screenful, columns }: Rows) {
  const focused = ref<number | null>(null)
  /** Who had it last: there Tab comes back to. */
  const last = ref(0)
  let focusedId: string | undefined

  function entered(event: FocusEvent): void {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-at]')
    focused.value = row ? Number(row.dataset.at) : null
    focusedId = row ? ids()[focused.value!] : undefined
    if (focused.value !== null) last.value = focused.value
  }

  function left(): void {
    focused.value = null
  }

  async function focus(at: number): Promise<void> {
    focused.value = at
    await nextTick()
    list.value?.querySelector<HTMLElement>(`[data-at="${at}"] .name`)?.focus()
  }

  function walk(event: KeyboardEvent): void {
    if (focused.value === null) return
    const next = neighbour(event.key, { at: focused.value, count: ids().length, page: screenful(), columns: columns() })
    if (next === undefined) return
    event.preventDefault()
    void focus(next)
  }

  // Where the row that has the focus is gone, whoever comes into its place takes it.
  watch(ids, (now) => {
    if (focused.value === null) return
    const at = now.indexOf(focusedId!)
    if (at >= 0) focused.value = at
    else if (now.length) void focus(Math.min(focused.value, now.length - 1))
    else focused.value = null
  })

  return { focused, last, entered, left, walk, focus }
}
