import { onScopeDispose } from 'vue'
import { useCopies } from '@/stores/copies'
import { useDragging } from '@/stores/dragging'
import { useBulkActions } from './useBulkActions'
import { useEdgeScroll } from './useEdgeScroll'
import { useNodeActions } from './useNodeActions'

/** Nodes that are dragged go to whatever says that it stands for a folder (`data-folder`), with Ctrl as copies. */
export function useFolderDrops(): void {
  const dragging = useDragging()
  const copies = useCopies()
  const single = useNodeActions(dragging.landed)
  const bulk = useBulkActions(dragging.landed)
  const edge = useEdgeScroll()

  function targetOf(event: DragEvent): { id: string; name: string } | null {
    const element = (event.target as Element).closest?.<HTMLElement>('[data-folder]')
    const { folder: id = '', folderName: name = '' } = element?.dataset ?? {}
    return dragging.mayGoTo(id) ? { id, name } : null
  }

  function over(event: DragEvent): void {
    if (!dragging.nodes.length) return
    edge.hold(event.clientY)
    const target = targetOf(event)
    dragging.overId = target?.id ?? ''
    if (!target) return
    event.preventDefault()
    event.dataTransfer!.dropEffect = event.ctrlKey ? 'copy' : 'move'
  }

  function drop(event: DragEvent): void {
    const { nodes } = dragging
    const target = targetOf(event)
    end()
    if (!target) return
    event.preventDefault()
    if (event.ctrlKey) void copies.copy(nodes, target)
    else if (nodes.length === 1) void single.move(nodes[0]!, target)
    else void bulk.move(nodes, target)
  }

  function end(): void {
    edge.release()
    dragging.end()
  }

  const handlers = { dragover: over, drop, dragend: end }
  for (const [name, handle] of Object.entries(handlers)) document.addEventListener(name, handle as EventListener)
  onScopeDispose(() => {
    for (const [name, handle] of Object.entries(handlers)) document.removeEventListener(name, handle as EventListener)
  })
}
