import { onScopeDispose, ref, type Ref } from 'vue'

/** Whether the browser believes to be online. */
export function useOnline(): Readonly<Ref<boolean>> {
  const isOnline = ref(navigator.onLine)
  const look = () => (isOnline.value = navigator.onLine)
  addEventListener('online', look)
  addEventListener('offline', look)
  onScopeDispose(() => {
    removeEventListener('online', look)
    removeEventListener('offline', look)
  })
  return isOnline
}
