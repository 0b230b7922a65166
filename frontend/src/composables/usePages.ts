import { onScopeDispose, ref, shallowRef } from 'vue'
import { problemFrom, type Problem } from '@/api/problem'

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export type Fetch<T> = (query: { limit?: number; cursor?: string }) => Promise<Page<T>>

const LARGEST_PAGE = 1000

/** A list that grows page by page. Answers to questions that nobody asks any more are dropped. */
export function usePages<T>(fetchPage: Fetch<T>) {
  const items = shallowRef<T[]>([])
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const problem = shallowRef<Problem | null>(null)
  const hasMore = ref(false)
  const isGrowing = ref(false)
  let cursor: string | null = null
  let generation = 0

  function take(page: Page<T>, before: T[]): void {
    items.value = [...before, ...page.items]
    cursor = page.next_cursor
    hasMore.value = cursor !== null
    problem.value = null
    state.value = 'ready'
  }

  async function guarded(work: () => Promise<Page<T>>, before: T[]): Promise<void> {
    const mine = generation
    try {
      const page = await work()
      if (mine === generation) take(page, before)
    } catch (error) {
      if (mine !== generation) return
      problem.value = problemFrom(error)
      if (!before.length) state.value = 'failed'
    }
  }

  /** From the beginning, with nothing shown meanwhile. */
  async function load(): Promise<void> {
    generation += 1
    items.value = []
    state.value = 'loading'
    await guarded(() => fetchPage({}), [])
  }

  /** The same again, in place; as much of it as one page can hold. */
  async function refresh(): Promise<void> {
    if (state.value !== 'ready') return load()
    generation += 1
    const limit = Math.min(LARGEST_PAGE, Math.max(200, items.value.length + 1))
    await guarded(() => fetchPage({ limit }), [])
  }

  async function loadMore(): Promise<void> {
    if (isGrowing.value || cursor === null) return
    isGrowing.value = true
    const from = cursor
    await guarded(() => fetchPage({ cursor: from }), items.value)
    isGrowing.value = false
  }

  onScopeDispose(() => (generation += 1))
  return { items, state, problem, hasMore, isGrowing, load, refresh, loadMore }
}
