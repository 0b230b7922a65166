import { onScopeDispose } from 'vue'
import { carriesFiles } from '@/lib/dropped'

interface Handlers {
  /** What the keys are about; nothing: they are left to the browser. */
  names: () => string[]
  onCut: () => void
  onCopy: () => void
  onPaste: () => void
}

/**
 * Cut, copy and paste by the browser's own events, whatever the keys for them are. The names go onto the system's
 * clipboard: so it is ours, and not the files that lay on it before, that is pasted.
 */
export function useClipboardKeys({ names, onCut, onCopy, onPaste }: Handlers): void {
  function isElsewhere(): boolean {
    const focused = document.activeElement
    return !!focused?.closest('input:not([type=checkbox]), textarea, .v-overlay') || getSelection()?.isCollapsed === false
  }

  function taken(event: ClipboardEvent): void {
    const found = isElsewhere() ? [] : names()
    if (!found.length) return
    event.clipboardData?.setData('text/plain', found.join('\n'))
    event.preventDefault()
    if (event.type === 'cut') onCut()
    else onCopy()
  }

  function pasted(event: ClipboardEvent): void {
    if (isElsewhere() || carriesFiles(event.clipboardData)) return
    event.preventDefault()
    onPaste()
  }

  const handlers = { cut: taken, copy: taken, paste: pasted }
  for (const [name, handle] of Object.entries(handlers)) document.addEventListener(name, handle as EventListener)
  onScopeDispose(() => {
    for (const [name, handle] of Object.entries(handlers)) document.removeEventListener(name, handle as EventListener)
  })
}
