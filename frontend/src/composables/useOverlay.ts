import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** What is laid over a view, as the page's address says: going back takes it away, and a link brings it. */
export function useOverlay() {
  const route = useRoute()
  const router = useRouter()

  function idIn(name: string): string {
    const said = route.query[name]
    return typeof said === 'string' && /^[0-9a-f]{32}$/.test(said) ? said : ''
  }

  const previewed = computed(() => {
    const version = Number(route.query.version)
    return { id: idIn('open'), ...(Number.isSafeInteger(version) && version > 0 && { version }) }
  })
  const detailed = computed(() => idIn('details'))

  function without(...names: string[]) {
    return Object.fromEntries(Object.entries(route.query).filter(([name]) => !names.includes(name)))
  }

  function preview(id: string, version?: number): void {
    const query = { ...without('version'), open: id, ...(version !== undefined && { version: String(version) }) }
    void router.push({ query })
  }

  /** Instead of the one that is looked at: going back still takes the preview away. */
  function turnTo(id: string): void {
    void router.replace({ query: { ...without('version'), open: id } })
  }

  function showDetails(id: string): void {
    void router.push({ query: { ...without('open', 'version'), details: id } })
  }

  function closePreview(): void {
    void router.push({ query: without('open', 'version') })
  }

  function closeDetails(): void {
    void router.push({ query: without('details') })
  }

  return { previewed, detailed, preview, showDetails, turnTo, closePreview, closeDetails }
}
