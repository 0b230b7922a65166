import { onScopeDispose } from 'vue'

interface Handlers {
  selectAll: () => void
  /** Whether there was anything to let go of. */
  selectNothing: () => boolean
}

/** Ctrl+A and Escape, wherever no field, menu or dialog has them for itself. */
export function useSelectionKeys({ selectAll, selectNothing }: Handlers): void {
  function isElsewhere(): boolean {
    return (
      !!document.activeElement?.closest('input:not([type=checkbox]), textarea, .v-overlay, [role=tree]') ||
      !!document.querySelector(':is(.v-dialog, .v-menu).v-overlay--active')
    )
  }

  function pressed(event: KeyboardEvent): void {
    if (event.shiftKey || event.altKey || event.defaultPrevented || isElsewhere()) return
    const isAll = event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)
    if (isAll) selectAll()
    else if (event.key !== 'Escape' || !selectNothing()) return
    event.preventDefault()
  }

  addEventListener('keydown', pressed)
  onScopeDispose(() => removeEventListener('keydown', pressed))
}
