import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { problemFrom, type Problem } from '@/api/problem'
import { cut, endAt, flat, lacking, lightened, reaching, runs, stretch, type Identified, type Known, type Sight } from '@/lib/stretches'
import type { Fetch } from './usePages'

const LARGEST_PAGE = 1000
const SMALLEST_REFRESH = 200
const REST_AFTER_FAILURE_MILLISECONDS = 3000

/**
 * A list that grows by pages, of any length: of what is far from what somebody looks at, only is kept where it begins
 * and how many rows it had, and it is read anew when somebody comes back. Until then what changes there is not known,
 * and nothing that is looked at moves because of it.
 */
export function useLongList<T extends Identified>(fetchPage: Fetch<T>) {
  const known = shallowRef<Known<T>>({ stretches: [], next: null })
  const items = computed(() => flat(known.value.stretches))
  const hasMore = computed(() => known.value.next !== null)
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const problem = shallowRef<Problem | null>(null)
  const isGrowing = ref(false)
  /** What was in the list when it was last read, and is no more. */
  const gone = shallowRef<string[]>([])
  let sight: Sight | null = null
  let generation = 0
  let asking = new AbortController()
  let refreshing: Promise<void> | null = null
  let growing: Promise<void> | null = null
  /** The generation in which what is wanted is being fetched. */
  let settledIn = -1
  let rest: ReturnType<typeof setTimeout> | undefined

  function begin(): void {
    generation += 1
    refreshing = growing = null
    isGrowing.value = false
    clearTimeout(rest)
    asking.abort()
    asking = new AbortController()
  }

  /** Whether it went well, and is still wanted. */
  async function guarded(work: () => Promise<void>): Promise<boolean> {
    const mine = generation
    try {
      await work()
      return mine === generation
    } catch (error) {
      if (mine !== generation) return false
      problem.value = problemFrom(error)
      if (!items.value.length) state.value = 'failed'
      // Places in the list are sealed by the server, whose seal has changed.
      if (problem.value.code === 'cursor_invalid') void load()
      return false
    }
  }

  function take(now: Known<T>): void {
    known.value = { ...now, stretches: sight ? lightened(now.stretches, sight) : now.stretches }
    problem.value = null
    state.value = 'ready'
  }

  async function ask(cursor: string | null, limit?: number) {
    const { signal } = asking
    const query = { ...(cursor !== null && { cursor }), ...(limit !== undefined && { limit }) }
    const page = await fetchPage(query, signal)
    // Nobody waits for it any more.
    signal.throwIfAborted()
    return page
  }

  /** From the beginning, with nothing shown meanwhile. */
  async function load(): Promise<void> {
    begin()
    known.value = { stretches: [], next: null }
    state.value = 'loading'
    await guarded(async () => {
      const { items: rows, next_cursor: next } = await ask(null)
      take({ stretches: [stretch(null, rows)], next })
    })
  }

  /**
   * Those from `first` to `last` once more: up to where they ended, if that is found, else about as many rows, behind
   * which the next one begins then. With what is new at the list's end, if they are its end.
   */
  async function readAgain(first: number, last: number, isEnd: boolean): Promise<Known<T>> {
    const { stretches, next: wasNext } = known.value
    const old = stretches.slice(first, last + 1)
    const count = old.reduce((sum, each) => sum + each.count, 0)
    const tail = old.at(-1)!.tail
    const following = stretches[last + 1]
    const pages: { cursor: string | null; items: T[] }[] = []
    const all: T[] = []
    let next = old[0]!.cursor
    for (let left = isEnd ? Math.max(SMALLEST_REFRESH, count + 1) : count + LARGEST_PAGE; left > 0; ) {
      const page = await ask(next, Math.min(LARGEST_PAGE, left))
      pages.push({ cursor: next, items: page.items })
      all.push(...page.items)
      const end = isEnd ? -1 : endAt(all, tail, following?.rows ?? null)
      if (end >= 0) return { stretches: cut(pages, end), next: following?.cursor ?? wasNext }
      next = page.next_cursor
      if (next === null) break
      left -= page.items.length
    }
    const read = cut(pages, all.length)
    // More than that has come between them and what is shown below: it is read where somebody looks.
    if (!isEnd && following?.rows && next !== null) {
      return { stretches: [...read, { cursor: next, count: LARGEST_PAGE, tail, rows: null }], next: following.cursor }
    }
    return { stretches: read, next }
  }

  function replace(first: number, last: number, { stretches: read, next }: Known<T>): void {
    const { stretches, next: wasNext } = known.value
    const old = stretches.slice(first, last + 1)
    const [following, ...others] = next === null ? [] : stretches.slice(last + 1)
    const after = following ? [{ ...following, cursor: next }, ...others] : []
    const now = new Set(read.flatMap(({ rows }) => (rows ?? []).map(({ id }) => id)))
    gone.value = old.flatMap(({ rows }) => rows ?? []).flatMap(({ id }) => (now.has(id) ? [] : [id]))
    const all = [...stretches.slice(0, first), ...read, ...after]
    take({ stretches: all.length ? all : [stretch(null, [])], next: after.length ? wasNext : next })
  }

  /** What is at hand again, in place: each part of it all at once, so that nothing jumps that somebody looks at. */
  async function refresh(): Promise<void> {
    if (state.value !== 'ready') return load()
    begin()
    const work = guarded(async () => {
      // From the end, so that the numbers of those before stay what they are.
      for (const [first, last] of runs(known.value.stretches).reverse()) {
        const isEnd = last === known.value.stretches.length - 1
        replace(first, last, await readAgain(first, last, isEnd))
      }
    }).then(() => undefined)
    refreshing = work
    await work
    if (refreshing === work) refreshing = null
    void settle()
  }

  async function grow(): Promise<void> {
    await refreshing
    const { next } = known.value
    if (next === null) return
    isGrowing.value = true
    const went = await guarded(async () => {
      // Whoever goes on looks for something: few large pages are quicker than many small ones.
      const page = await ask(next, LARGEST_PAGE)
      take({ stretches: [...known.value.stretches, stretch(next, page.items)], next: page.next_cursor })
    })
    if (went || problem.value) isGrowing.value = false
  }

  function loadMore(): Promise<void> {
    const work = (growing ??= grow().finally(() => {
      if (growing === work) growing = null
    }))
    return work
  }

  /** What somebody looks at: what is wanted for it comes, and what is far from it goes. */
  function look(now: Sight): void {
    sight = now
    void settle()
  }

  /** What was let go and is wanted now comes, one part at a time. Between the last look and the end nothing waits. */
  async function settle(): Promise<void> {
    const mine = generation
    if (settledIn === mine) return
    settledIn = mine
    await refreshing
    for (let at = wanted(); mine === generation && at >= 0; at = wanted()) {
      const part = at
      if (await guarded(async () => replace(part, part, await readAgain(part, part, false)))) continue
      if (mine === generation) rest = setTimeout(() => void settle(), REST_AFTER_FAILURE_MILLISECONDS)
      break
    }
    if (mine === generation) settledIn = -1
  }

  /** The number of a part that is wanted; -1: there is none, and what is not wanted any more has gone. */
  function wanted(): number {
    if (!sight || state.value !== 'ready') return -1
    const { stretches } = known.value
    const at = lacking(stretches, sight)
    const light = at < 0 ? lightened(stretches, sight) : stretches
    if (light !== stretches) known.value = { ...known.value, stretches: light }
    return at
  }

  /** The rows of one, which are not kept for it. */
  async function rowsOf(at: number): Promise<T[]> {
    const { rows } = known.value.stretches[at]!
    return rows ?? flat((await readAgain(at, at, false)).stretches)
  }

  /** Hands over all that there is, from the beginning, for as long as it is taken; ends where somebody reads anew, or nobody answers. */
  async function walk(isTaken: (rows: T[]) => boolean): Promise<void> {
    const mine = generation
    await guarded(async () => {
      for (let at = 0; mine === generation; at++) {
        if (at >= known.value.stretches.length) await loadMore()
        if (mine !== generation || at >= known.value.stretches.length || !isTaken(await rowsOf(at))) return
      }
    })
  }

  /** The rows from one number up to another, those that were let go, too; none where nobody answers. */
  async function between(from: number, to: number): Promise<T[]> {
    const { first, last, before } = reaching(known.value.stretches, from, to)
    const found: T[] = []
    const went = await guarded(async () => {
      for (let at = first; at <= last; at++) found.push(...(await rowsOf(at)))
    })
    return went ? found.slice(from - before, to - before) : []
  }

  /** What is known, to be shown again. */
  const snapshot = () => known.value

  function show(kept: Known<T>): void {
    begin()
    take(kept)
  }

  onScopeDispose(begin)
  return { items, state, problem, hasMore, isGrowing, gone, load, refresh, loadMore, look, walk, between, snapshot, show }
}
