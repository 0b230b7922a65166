import type { Entry } from '@/api/nodes'
import { useDragging } from '@/stores/dragging'

const TYPE = 'application/x-stowage-nodes'

/** Lets the rows of a list be dragged: one, or all that are selected. `tell`: what so many are called. */
export function useDragSource(nodesOf: (row: HTMLElement) => Entry[], tell: (nodes: Entry[]) => string) {
  const dragging = useDragging()

  function dragged(event: DragEvent): void {
    const row = (event.target as Element).closest<HTMLElement>('[data-at]')
    const nodes = row ? nodesOf(row) : []
    if (!event.dataTransfer || !nodes.length) return event.preventDefault()
    event.dataTransfer.clearData()
    event.dataTransfer.setData(TYPE, nodes.map(({ id }) => id).join(' '))
    event.dataTransfer.effectAllowed = 'copyMove'
    showAs(tell(nodes), event.dataTransfer)
    dragging.begin(nodes)
  }

  return { dragged }
}

/** The browser takes its picture of it at once; it is not needed any more then. */
function showAs(words: string, carried: DataTransfer): void {
  const ghost = Object.assign(document.createElement('div'), { className: 'drag-ghost', textContent: words })
  document.body.append(ghost)
  carried.setDragImage(ghost, -12, -8)
  setTimeout(() => ghost.remove())
}
