import { computed, ref, shallowRef, watch } from 'vue'
import { useRoute } from 'vue-router'
import { ROOT } from '@/api/nodes'
import { t } from '@/i18n'
import { NOTHING } from '@/lib/selection'
import { useCopies } from '@/stores/copies'
import { useSequence } from '@/stores/sequence'
import { useDragging } from '@/stores/dragging'
import { usePlaces } from '@/stores/places'
import { useSorting } from '@/stores/sorting'
import { useTree } from '@/stores/tree'
import { useUploads } from '@/stores/uploads'
import { useChosen } from './useChosen'
import { useFolder } from './useFolder'
import { useNews } from './useNews'

/** The folder that the page's address names, what of it is selected, and what makes it look different. */
export function useBrowsing() {
  const route = useRoute()
  const uploads = useUploads()
  const copies = useCopies()
  const sorting = useSorting()
  const sequence = useSequence()
  const dragging = useDragging()
  const tree = useTree()

  const folderId = computed(() => String(route.params.folderId || ROOT))
  const folder = useFolder(folderId, () => sorting.current, usePlaces())
  const { place, items } = folder
  const name = computed(() => (place.value?.parent_id ? place.value.name : t('shell.files')))
  const selection = shallowRef(NOTHING)
  /** Whether more is still being loaded to be selected, too. */
  const isSelecting = ref(false)
  const { selected, selectAll } = useChosen(folder, { selection, isSelecting })

  const here = () => ({ id: place.value?.id ?? folderId.value, name: name.value })

  function selectNothing(): boolean {
    const was = selection.value.ids.size > 0
    selection.value = NOTHING
    return was
  }

  useNews(folder.concerns, folder.renew)
  watch(items, (now) => sequence.show(now), { immediate: true })
  watch(() => copies.endedCount, folder.refresh)
  watch([() => copies.endedCount, () => dragging.landedCount], folder.refresh)
  watch(place, (found) => found && void tree.reveal(found))
  watch(
    () => uploads.arrived,
    ({ folderId: id }) => {
      if (id === here().id || id === folderId.value) void folder.refresh()
    },
  )
  return { ...folder, folderId, name, here, selection, selected, isSelecting, selectAll, selectNothing }
}

export type Browsing = ReturnType<typeof useBrowsing>
