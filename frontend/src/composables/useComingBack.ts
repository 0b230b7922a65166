import { nextTick, onScopeDispose } from 'vue'
import { useRouter } from 'vue-router'
import { usePlaces } from '@/stores/places'

/** Tells the places whether it is by the browser's own keys that one arrives; the page scrolls itself then. */
export function useComingBack(): void {
  const router = useRouter()
  const places = usePlaces()
  const back = () => places.goesBack(true)

  history.scrollRestoration = 'manual'
  addEventListener('popstate', back)
  // What is shown has been asked for by then.
  const end = router.afterEach(() => void nextTick(() => places.goesBack(false)))
  onScopeDispose(() => {
    removeEventListener('popstate', back)
    end()
    places.forget()
  })
}
