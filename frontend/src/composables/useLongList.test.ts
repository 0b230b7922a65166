import { effectScope } from 'vue'
import { beforeEach, expect, it } from 'vitest'
import { Problem } from '@/api/problem'
import { useLongList } from './useLongList'

interface Row {
  id: string
}

const COUNT = 12_000
const idAt = (at: number) => `row ${String(at).padStart(6, '0')}`
const sight = (from: number, ...pins: number[]) => ({ from, to: from + 40, pins })
let server: { ids: string[]; asked: number; fails: boolean }

beforeEach(() => {
  server = { ids: Array.from({ length: COUNT }, (_, at) => idAt(at)), asked: 0, fails: false }
})

/** As the gateway lists: in order, and a cursor says behind which one to go on, whether that is still there or not. */
async function fetchPage({ limit = 200, cursor = '' }: { limit?: number; cursor?: string }) {
  server.asked += 1
  if (server.fails) throw new Problem(503, 'unavailable', 'Later.')
  const found = server.ids.findIndex((id) => id > cursor)
  const from = found < 0 ? server.ids.length : found
  const items: Row[] = server.ids.slice(from, from + limit).map((id) => ({ id }))
  return { items, next_cursor: from + limit < server.ids.length ? items.at(-1)!.id : null }
}

async function opened() {
  const list = effectScope().run(() => useLongList<Row>(fetchPage))!
  await list.load()
  return list
}

type List = Awaited<ReturnType<typeof opened>>

async function scrolledToTheEnd() {
  const list = await opened()
  while (list.hasMore.value) {
    await list.loadMore()
    list.look(sight(list.items.value.length - 40))
  }
  return list
}

const atHand = ({ items }: List) => items.value.filter(() => true).length

/** Until all is at hand that is looked at. */
async function settled(list: List, from: number): Promise<void> {
  while (!list.items.value[from] || !list.items.value[Math.min(from + 39, list.items.value.length - 1)]) {
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
}

function insert(...ids: string[]): void {
  server.ids = [...server.ids, ...ids].sort()
}

function remove(from: number, to: number): void {
  server.ids = server.ids.filter((id) => id < idAt(from) || id >= idAt(to))
}

/** Up, screen by screen, as somebody who scrolls: what is seen on the way. */
async function walkedUp(list: List): Promise<string[]> {
  let seen = list.items.value.slice(-1).map(({ id }) => id)
  for (;;) {
    const at = list.items.value.findIndex((row) => row?.id === seen[0])
    if (at === 0) return seen
    list.look(sight(Math.max(0, at - 40)))
    await settled(list, Math.max(0, at - 40))
    // What is above may have become more or less: it is the neighbours that count.
    const now = list.items.value.findIndex((row) => row?.id === seen[0])
    const above = list.items.value.slice(Math.max(0, now - 40), now)
    seen = [...above.filter(() => true).map(({ id }) => id), ...seen]
  }
}

it('keeps few rows of many, and knows how many there are', async () => {
  const list = await scrolledToTheEnd()

  expect(list.items.value.length).toBe(COUNT)
  expect(atHand(list)).toBeLessThan(6000)
  expect(list.items.value.at(-1)).toEqual({ id: idAt(COUNT - 1) })
  expect(list.items.value[0]).toBeUndefined()
})

it('reads anew what it let go when somebody comes back to it', async () => {
  const list = await scrolledToTheEnd()

  for (const from of [0, 5_990, COUNT - 40]) {
    list.look(sight(from))
    await settled(list, from)

    expect(list.items.value.slice(from, from + 40).map(({ id }) => id)).toEqual(server.ids.slice(from, from + 40))
    expect(atHand(list)).toBeLessThan(8000)
  }
})

it('keeps single rows that are needed, wherever they are', async () => {
  const list = await opened()
  list.look(sight(0, 3))
  while (list.hasMore.value) {
    await list.loadMore()
    list.look(sight(list.items.value.length - 40, 3))
  }

  expect(list.items.value[3]).toEqual({ id: idAt(3) })
  expect(list.items.value[5000]).toBeUndefined()
})

it('reads only what is at hand when something happened, and tells what has gone', async () => {
  const list = await scrolledToTheEnd()
  server.asked = 0
  remove(11_500, 11_510)

  await list.refresh()

  expect(server.asked).toBeLessThan(8)
  expect(list.gone.value).toEqual(Array.from({ length: 10 }, (_, at) => idAt(11_500 + at)))
  expect(list.items.value.length).toBe(COUNT - 10)
  expect(list.items.value.at(-1)).toEqual({ id: idAt(COUNT - 1) })
})

it.each([
  ['came', () => insert(...Array.from({ length: 3 }, (_, at) => `${idAt(6_000)} ${at}`))],
  ['went', () => remove(6_000, 6_003)],
  ['came, very many', () => insert(...Array.from({ length: 2_500 }, (_, at) => `${idAt(6_000)} ${at}`))],
  ['went, very many', () => remove(4_000, 6_000)],
  ['went where stretches meet', () => remove(5_195, 5_205)],
  ['went, the first ones', () => remove(0, 1_500)],
])('shows every row once, in order, after some %s where nobody looked', async (_, happen) => {
  const list = await scrolledToTheEnd()
  happen()
  const before = list.items.value.slice(-40)

  await list.refresh()

  expect(list.items.value.slice(-40)).toEqual(before)
  expect(await walkedUp(list)).toEqual(server.ids)
  expect(list.items.value.length).toBe(server.ids.length)
})

it('finds its end when it has become much shorter', async () => {
  const list = await scrolledToTheEnd()
  list.look(sight(0))
  await settled(list, 0)
  server.ids = server.ids.slice(0, 500)

  await list.refresh()

  expect(list.items.value.map(({ id }) => id)).toEqual(server.ids)
  expect(list.hasMore.value).toBe(false)
})

it('is not misled by a row that has moved to where it is not looked for', async () => {
  const list = await opened()
  await list.loadMore()
  await list.loadMore()
  const last = list.items.value.length - 1
  list.look(sight(0))
  // As if it were renamed: the same id, at the beginning.
  const moved = server.ids[last]!
  const ids = [moved, ...server.ids.filter((id) => id !== moved)]
  const plain = ids.slice(0, last + 2).map((id) => ({ id }))
  const shuffled = effectScope().run(() =>
    useLongList<Row>(async ({ limit = 200, cursor = '0' }) => {
      const to = Number(cursor) + limit
      return { items: plain.slice(Number(cursor), to), next_cursor: to < plain.length ? String(to) : null }
    }),
  )!
  shuffled.show({ ...list.snapshot(), stretches: list.snapshot().stretches.map((each) => ({ ...each, cursor: null })) })

  await shuffled.refresh()

  expect(shuffled.items.value.map(({ id }) => id)).toEqual(plain.map(({ id }) => id))
})

it('hands over all there is, without keeping it', async () => {
  const list = await opened()
  list.look(sight(0))
  const all: string[] = []

  await list.walk((rows) => {
    all.push(...rows.map(({ id }) => id))
    return true
  })

  expect(all).toEqual(server.ids)
  expect(list.items.value.length).toBe(COUNT)
  expect(atHand(list)).toBeLessThan(6000)
})

it('stops handing over when nobody takes it', async () => {
  const list = await opened()

  await list.walk(() => false)

  expect(list.items.value.length).toBe(200)
})

it('finds what lies between two rows, let go or not', async () => {
  const list = await scrolledToTheEnd()

  const rows = await list.between(1_195, 4_205)

  expect(rows.map(({ id }) => id)).toEqual(server.ids.slice(1_195, 4_205))
})

it('tries again by itself when what was let go does not come, and says why', async () => {
  const list = await scrolledToTheEnd()
  server.fails = true

  list.look(sight(0))
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(list.problem.value?.detail).toBe('Later.')
  server.fails = false
  list.look(sight(0))
  await settled(list, 0)

  expect([list.items.value[0], list.problem.value]).toEqual([{ id: idAt(0) }, null])
})

it('begins again where the server knows its places no more', async () => {
  let isSealed = true
  const list = effectScope().run(() =>
    useLongList<Row>(async (query) => {
      if (query.cursor && !isSealed) throw new Problem(400, 'cursor_invalid', 'No.')
      return fetchPage(query)
    }),
  )!
  await list.load()
  isSealed = false

  await list.loadMore()
  while (list.state.value !== 'ready') await new Promise((resolve) => setTimeout(resolve, 0))

  expect(list.items.value.length).toBe(200)
})

it('shows what it was left with, and goes on from there', async () => {
  const left = await scrolledToTheEnd()
  const list = effectScope().run(() => useLongList<Row>(fetchPage))!

  list.show(left.snapshot())
  list.look(sight(0))
  await settled(list, 0)

  expect([list.items.value.length, list.items.value[0]]).toEqual([COUNT, { id: idAt(0) }])
})
