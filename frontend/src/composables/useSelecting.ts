import type { Ref } from 'vue'
import { ranged, reached, toggled, type Selection } from '@/lib/selection'

interface Rows {
  selection: Ref<Selection>
  ids: () => string[]
  /** The row that has the focus. */
  focused: Readonly<Ref<number | null>>
  /** Moves the focus, if it is a key that does. */
  walk: (event: KeyboardEvent) => void
}

/** Selects rows as desktops do: Ctrl and Shift with the pointer, Shift with the arrows, Ctrl+Space. */
export function useSelecting({ selection, ids, focused, walk }: Rows) {
  function clicked(event: MouseEvent): void {
    const target = event.target as HTMLElement
    const row = target.closest<HTMLElement>('[data-at]')
    const id = row && ids()[Number(row.dataset.at)]
    if (!id || !target.closest('.name') || !(event.ctrlKey || event.metaKey || event.shiftKey)) return
    // Neither a new window nor a download.
    event.preventDefault()
    event.stopPropagation()
    selection.value = event.shiftKey ? ranged(selection.value, ids(), id) : toggled(selection.value, id)
  }

  function selectedBy(event: KeyboardEvent): Selection | undefined {
    const isCommand = event.ctrlKey || event.metaKey
    const id = ids()[focused.value ?? -1]
    if (isCommand && event.key === ' ' && id) return toggled(selection.value, id)
    return undefined
  }

  function pressed(event: KeyboardEvent): void {
    const next = selectedBy(event)
    if (next) {
      event.preventDefault()
      selection.value = next
      return
    }
    const from = focused.value
    walk(event)
    const to = focused.value
    if (!event.shiftKey || from === null || to === null || from === to) return
    selection.value = reached(selection.value, ids(), to, from)
  }

  return { pressed, clicked }
}
