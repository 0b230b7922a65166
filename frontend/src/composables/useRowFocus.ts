import { nextTick, ref, watch, type Ref } from 'vue'
import { neighbour } from '@/lib/neighbour'

interface Rows {
  list: Readonly<Ref<HTMLElement | null>>
  ids: () => string[]
  screenful: () => number
}

/** Who has the focus in a list of which only a part is drawn: `focused` is a row's number, for it to stay drawn. */
export function useRowFocus({ list, ids, screenful }: Rows) {
  const focused = ref<number | null>(null)
  let focusedId: string | undefined
  let lostAt: number | null = null

  function entered(event: FocusEvent): void {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-at]')
    focused.value = row ? Number(row.dataset.at) : null
    focusedId = row ? ids()[focused.value!] : undefined
  }

  function left(): void {
    focused.value = null
  }

  async function focus(at: number): Promise<void> {
    focused.value = at
    await nextTick()
    list.value?.querySelector<HTMLElement>(`[data-at="${at}"] .row__name`)?.focus()
  }

  function walk(event: KeyboardEvent): void {
    if (focused.value === null) return
    const next = neighbour(event.key, { at: focused.value, count: ids().length, page: screenful() })
    if (next === undefined) return
    event.preventDefault()
    void focus(next)
  }

  /** The row's node will be gone: whoever comes into its place takes the focus. */
  function leaves(at: number): void {
    lostAt = at
  }

  watch(ids, (now) => {
    if (lostAt !== null && now.length) void focus(Math.min(lostAt, now.length - 1))
    else if (focused.value !== null) {
      const at = now.indexOf(focusedId!)
      focused.value = at < 0 ? null : at
    }
    lostAt = null
  })

  return { focused, entered, left, walk, leaves }
}
