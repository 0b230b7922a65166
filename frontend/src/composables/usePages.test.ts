import { effectScope } from 'vue'
import { expect, it } from 'vitest'
import { Problem } from '@/api/problem'
import { usePages, type Page } from './usePages'

/** A list on a server, in pages of two unless asked for more. */
function paged(all: string[]) {
  return async ({ limit = 2, cursor = '0' }: { limit?: number; cursor?: string }): Promise<Page<string>> => {
    const end = Number(cursor) + limit
    return { items: all.slice(Number(cursor), end), next_cursor: end < all.length ? String(end) : null }
  }
}

const inScope = <T>(work: () => T) => effectScope().run(work)!

it('grows by one page at a time, to the end', async () => {
  const pages = inScope(() => usePages(paged(['a', 'b', 'c'])))
  await pages.load()
  expect([pages.items.value, pages.hasMore.value]).toEqual([['a', 'b'], true])

  await Promise.all([pages.loadMore(), pages.loadMore()])

  expect([pages.items.value, pages.hasMore.value]).toEqual([['a', 'b', 'c'], false])
})

it('goes on from nowhere while another list is on its way', async () => {
  const asked: (string | undefined)[] = []
  const pages = inScope(() =>
    usePages<string>((query) => {
      asked.push(query.cursor)
      return paged(['a', 'b', 'c'])(query)
    }),
  )
  await pages.load()

  const other = pages.load()
  await pages.loadMore()
  await other

  expect(asked).toEqual([undefined, undefined])
})

it('keeps what it shows when a later page does not come', async () => {
  const fetchPage = paged(['a', 'b', 'c'])
  const pages = inScope(() =>
    usePages<string>((query) => (query.cursor ? Promise.reject(new Problem(503, 'unavailable', 'Later.')) : fetchPage(query))),
  )
  await pages.load()

  await pages.loadMore()

  expect(pages.items.value).toEqual(['a', 'b'])
  expect(pages.state.value).toBe('ready')
  expect(pages.problem.value?.detail).toBe('Later.')
})

it('says that it failed when there is nothing to show', async () => {
  const pages = inScope(() => usePages<string>(() => Promise.reject(new TypeError('offline'))))

  await pages.load()

  expect([pages.state.value, pages.problem.value?.code]).toEqual(['failed', 'unreachable'])
})

it('drops the answer to a question that was asked before the last one', async () => {
  const answers: ((page: Page<string>) => void)[] = []
  const pages = inScope(() => usePages<string>(() => new Promise((resolve) => answers.push(resolve))))
  const first = pages.load()
  const second = pages.load()

  answers[1]!({ items: ['new'], next_cursor: null })
  answers[0]!({ items: ['old'], next_cursor: null })
  await Promise.all([first, second])

  expect(pages.items.value).toEqual(['new'])
})

it('lets go of a question that nobody waits for any more', async () => {
  const signals: AbortSignal[] = []
  const scope = effectScope()
  const pages = scope.run(() =>
    usePages<string>((_, signal) => {
      signals.push(signal)
      return new Promise(() => {})
    }),
  )!

  void pages.load()
  void pages.load()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  scope.stop()

  expect(signals[1]!.aborted).toBe(true)
})

it('reads as much again as it showed, and shows it all at once', async () => {
  const all = Array.from({ length: 2500 }, (_, at) => `${at}`)
  const pages = inScope(() => usePages(paged(all)))
  await pages.load()
  await pages.loadMore()
  await pages.loadMore()
  const shown = pages.items.value
  all[1500] = 'another'

  const again = pages.refresh()
  expect(pages.items.value).toBe(shown)
  await again

  expect([pages.items.value.length, pages.items.value[1500]]).toEqual([shown.length + 1, 'another'])
  expect(pages.hasMore.value).toBe(true)
})

it('goes on with the new list while a page of the old one is still on its way', async () => {
  let isNew = false
  const pages = inScope(() =>
    usePages<string>(async ({ cursor }) => {
      if (!isNew && cursor) return new Promise(() => {})
      return { items: [isNew ? 'new' : 'old'], next_cursor: 'more' }
    }),
  )
  await pages.load()
  void pages.loadMore()
  isNew = true

  await pages.load()
  await pages.loadMore()

  expect(pages.items.value).toEqual(['new', 'new'])
})
