import { onScopeDispose, ref } from 'vue'
import { t } from '@/i18n'
import { carriesFiles, droppedSources } from '@/lib/dropped'
import { walk, type Tree } from '@/lib/upload/tree'
import { useNotices } from '@/stores/notices'

/** Files and folders that are dragged anywhere over the page, or pasted. */
export function useDropTarget(onDrop: (tree: Tree) => void) {
  const notices = useNotices()
  const isOver = ref(false)
  // Every element on the way fires enter and leave.
  let depth = 0

  async function take(carried: DataTransfer): Promise<void> {
    const sources = droppedSources(carried)
    try {
      onDrop(await walk(sources))
    } catch {
      notices.say(t('files.dropUnreadable'))
    }
  }

  const handlers: Record<string, (carried: DataTransfer) => void> = {
    dragenter: () => (isOver.value = ++depth > 0),
    dragleave: () => (isOver.value = --depth > 0),
    dragover: (carried) => (carried.dropEffect = 'copy'),
    drop: (carried) => {
      depth = 0
      isOver.value = false
      void take(carried)
    },
    paste: (carried) => void take(carried),
  }

  function handle(event: Event): void {
    const carried = event instanceof ClipboardEvent ? event.clipboardData : (event as DragEvent).dataTransfer
    if (!carriesFiles(carried)) return
    event.preventDefault()
    handlers[event.type]!(carried)
  }

  const names = Object.keys(handlers)
  for (const name of names) addEventListener(name, handle)
  onScopeDispose(() => names.forEach((name) => removeEventListener(name, handle)))
  return { isOver }
}
