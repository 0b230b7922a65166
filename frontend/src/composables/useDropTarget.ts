import { onScopeDispose, ref } from 'vue'
import { droppedFiles, type Dropped } from '@/lib/dropped'

/** Files that are dragged anywhere over the page. */
export function useDropTarget(onDrop: (dropped: Dropped) => void) {
  const isOver = ref(false)
  // Every element on the way fires enter and leave.
  let depth = 0

  const handlers: Record<string, (event: DragEvent) => void> = {
    dragenter: () => (isOver.value = ++depth > 0),
    dragleave: () => (isOver.value = --depth > 0),
    dragover: (event) => (event.dataTransfer!.dropEffect = 'copy'),
    drop: (event) => {
      depth = 0
      isOver.value = false
      onDrop(droppedFiles(event.dataTransfer!))
    },
  }

  function handle(event: Event): void {
    const drag = event as DragEvent
    if (!drag.dataTransfer?.types.includes('Files')) return
    drag.preventDefault()
    handlers[drag.type]!(drag)
  }

  const names = Object.keys(handlers)
  for (const name of names) addEventListener(name, handle)
  onScopeDispose(() => names.forEach((name) => removeEventListener(name, handle)))
  return { isOver }
}
