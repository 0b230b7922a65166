import { computed, shallowRef, watch } from 'vue'
import { useRoute } from 'vue-router'
import { ROOT, type Node } from '@/api/nodes'
import { everything, kept, NOTHING } from '@/lib/selection'
import { useCopies } from '@/stores/copies'
import { useSequence } from '@/stores/sequence'
import { useSorting } from '@/stores/sorting'
import { useUploads } from '@/stores/uploads'
import { useFolder } from './useFolder'
import { useNews } from './useNews'

/** The folder that the page's address names, what of it is selected, and what makes it look different. */
export function useBrowsing() {
  const route = useRoute()
  const uploads = useUploads()
  const copies = useCopies()
  const sorting = useSorting()
  const sequence = useSequence()

  const folderId = computed(() => String(route.params.folderId || ROOT))
  const folder = useFolder(folderId, () => sorting.current)
  const { place, items } = folder
  const name = computed(() => (place.value?.parent_id ? place.value.name : 'Files'))
  const selection = shallowRef(NOTHING)
  const selected = computed<Node[]>(() => items.value.filter(({ id }) => selection.value.ids.has(id)))

  const here = () => ({ id: place.value?.id ?? folderId.value, name: name.value })
  const selectAll = () => (selection.value = everything(items.value.map(({ id }) => id)))

  useNews(folder.concerns, folder.renew)
  watch(items, (now) => (selection.value = kept(selection.value, now.map(({ id }) => id))))
  watch(items, (now) => sequence.show(now), { immediate: true })
  watch(() => copies.endedCount, folder.refresh)
  watch(
    () => uploads.arrived,
    ({ folderId: id }) => {
      if (id === here().id || id === folderId.value) void folder.refresh()
    },
  )
  return { ...folder, folderId, name, here, selection, selected, selectAll }
}
