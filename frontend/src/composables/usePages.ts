import { onScopeDispose, ref, shallowRef } from 'vue'
import { problemFrom, type Problem } from '@/api/problem'

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

/** `signal` aborts when nobody waits for the answer any more. */
export type Fetch<T> = (query: { limit?: number; cursor?: string }, signal: AbortSignal) => Promise<Page<T>>

const LARGEST_PAGE = 1000
const SMALLEST_REFRESH = 200

/** A list that grows page by page. Answers to questions that nobody asks any more are dropped. */
export function usePages<T>(fetchPage: Fetch<T>) {
  const items = shallowRef<T[]>([])
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const problem = shallowRef<Problem | null>(null)
  const hasMore = ref(false)
  const isGrowing = ref(false)
  let cursor: string | null = null
  let generation = 0
  let asking = new AbortController()

  function take(page: Page<T>, before: T[]): void {
    items.value = [...before, ...page.items]
    cursor = page.next_cursor
    hasMore.value = cursor !== null
    problem.value = null
    state.value = 'ready'
  }

  function begin(): void {
    generation += 1
    isGrowing.value = false
    asking.abort()
    asking = new AbortController()
  }

  async function guarded(work: () => Promise<Page<T>>, before: T[], kept = before): Promise<void> {
    const mine = generation
    try {
      const page = await work()
      if (mine === generation) take(page, before)
    } catch (error) {
      if (mine !== generation) return
      problem.value = problemFrom(error)
      if (!kept.length) state.value = 'failed'
    }
  }

  /** From the beginning, with nothing shown meanwhile. */
  async function load(): Promise<void> {
    begin()
    items.value = []
    // What was shown may have been another list: nobody may go on from its end.
    cursor = null
    hasMore.value = false
    state.value = 'loading'
    await guarded(() => fetchPage({}, asking.signal), [])
  }

  /** The first page of another list, in place: what is shown stays until it comes. */
  async function restart(): Promise<void> {
    begin()
    cursor = null
    await guarded(() => fetchPage({}, asking.signal), [], items.value)
  }

  /** As much again, in place: all at once, so that nothing jumps that somebody looks at. */
  async function refresh(): Promise<void> {
    if (state.value !== 'ready') return load()
    begin()
    const shown = items.value
    await guarded(() => fetchAsMuch(Math.max(SMALLEST_REFRESH, shown.length + 1)), [], shown)
  }

  async function fetchAsMuch(count: number): Promise<Page<T>> {
    const { signal } = asking
    let page = await fetchPage({ limit: Math.min(LARGEST_PAGE, count) }, signal)
    const found = page.items.slice()
    while (page.next_cursor !== null && found.length < count && !signal.aborted) {
      const limit = Math.min(LARGEST_PAGE, count - found.length)
      page = await fetchPage({ limit, cursor: page.next_cursor }, signal)
      found.push(...page.items)
    }
    return { items: found, next_cursor: page.next_cursor }
  }

  async function loadMore(): Promise<void> {
    if (isGrowing.value || cursor === null) return
    isGrowing.value = true
    const mine = generation
    const from = cursor
    // Whoever goes on looks for something: few large pages are quicker than many small ones.
    await guarded(() => fetchPage({ cursor: from, limit: LARGEST_PAGE }, asking.signal), items.value)
    if (mine === generation) isGrowing.value = false
  }

  /** All that there is, for as long as `goesOn`; stops where somebody else reads anew, or nobody answers. */
  async function loadAll(goesOn: () => boolean): Promise<void> {
    const mine = generation
    while (hasMore.value && mine === generation && !problem.value && goesOn()) {
      if (isGrowing.value) await new Promise((resolve) => setTimeout(resolve, 50))
      else await loadMore()
    }
  }

  /** What is shown, to be shown again. */
  const snapshot = () => ({ items: items.value, cursor })

  function show(kept: { items: T[]; cursor: string | null }): void {
    begin()
    take({ items: kept.items, next_cursor: kept.cursor }, [])
  }

  onScopeDispose(begin)
  return { snapshot, show, loadAll, items, state, problem, hasMore, isGrowing, load, restart, refresh, loadMore }
}
