import { onScopeDispose, ref } from 'vue'

/** Whether there is room for more than the essential. */
export function useWide() {
  const query = matchMedia('(min-width: 1000px)')
  const isWide = ref(query.matches)
  const look = () => (isWide.value = query.matches)
  query.addEventListener('change', look)
  onScopeDispose(() => query.removeEventListener('change', look))
  return isWide
}
