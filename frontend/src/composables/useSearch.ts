import { onScopeDispose, ref, watch } from 'vue'
import type { Change } from '@/api/changes'
import type { PlacedNode } from '@/api/nodes'
import { search, type FoundType } from '@/api/search'
import { isAsking, soughtBy, type Question } from '@/lib/sought'
import { useNews } from './useNews'
import { usePages } from './usePages'

const TYPING_MILLISECONDS = 150

/**
 * What is found, while it is typed: what is shown stays until the next answer comes, and what was asked before is let
 * go. `isComplete`: whether the server's index of names held everything.
 */
export function useSearch(question: () => Question) {
  const isComplete = ref(true)
  const isBusy = ref(false)
  let asked = question()
  let timer: ReturnType<typeof setTimeout> | undefined

  const pages = usePages<PlacedNode>(async (query, signal) => {
    const page = await search(soughtBy<FoundType>(asked, new Date()), query, signal)
    isComplete.value = page.complete
    return page
  })

  async function ask(isInPlace: boolean): Promise<void> {
    asked = question()
    if (!isAsking(asked)) return
    isBusy.value = true
    await (isInPlace ? pages.restart() : pages.load())
    isBusy.value = false
  }

  function concerns({ kind, node }: Change): boolean {
    return kind === 'placed' || pages.items.value.some(({ id }) => id === node.id)
  }

  function typed(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void ask(pages.state.value === 'ready'), TYPING_MILLISECONDS)
  }

  void ask(false)
  watch(question, typed)
  useNews(concerns, async () => isAsking(question()) && pages.refresh())
  onScopeDispose(() => clearTimeout(timer))
  return { ...pages, isComplete, isBusy, retry: () => void ask(false) }
}
