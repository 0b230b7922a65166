import { expect, it } from 'vitest'
import { follow, type News, type Ports } from './follow'

interface Entry {
  cursor: string
}

type Streaming = (onEntry: (entry: Entry) => void) => void

/** A journal that grows, a server that refuses when told to, streams that end when their script is over. */
class Server implements Ports<Entry> {
  journal: Entry[] = []
  refusals: string[] = []
  streams: Streaming[] = []
  opened: string[] = []
  pauses: number[] = []

  constructor(private readonly end: AbortController) {}

  since = async (cursor: string) => {
    const refusal = this.refusals.shift()
    if (refusal) throw new Error(refusal)
    const at = cursor ? this.journal.findIndex((entry) => entry.cursor === cursor) + 1 : this.journal.length
    const items = this.journal.slice(at, at + 2)
    const next_cursor = items.at(-1)?.cursor ?? this.journal.at(-1)?.cursor ?? 'c0'
    return { items, next_cursor, more: at + 2 < this.journal.length }
  }

  listen = async (cursor: string, onEntry: (entry: Entry) => void) => {
    this.opened.push(cursor)
    const stream = this.streams.shift()
    if (!stream) this.end.abort()
    stream?.(onEntry)
    return stream !== undefined
  }

  judge = (error: unknown) => (error as Error).message as 'again' | 'anew' | 'over'

  pause = async (attempt: number) => {
    this.pauses.push(attempt)
  }
}

async function following(prepare: (server: Server) => void, cursor = ''): Promise<{ server: Server; news: News<Entry>[] }> {
  const end = new AbortController()
  const server = new Server(end)
  const news: News<Entry>[] = []
  prepare(server)
  await follow(server, { cursor, onNews: (one) => news.push(one), signal: end.signal })
  return { server, news }
}

const told = (news: News<Entry>[]) => news.flatMap(({ entries }) => entries.map(({ cursor }) => cursor))
const entries = (...cursors: string[]) => cursors.map((cursor) => ({ cursor }))

it('begins where the drive is, and says that nothing older is known', async () => {
  const { server, news } = await following((it) => (it.journal = entries('c1')))

  expect(news).toEqual([{ entries: [], cursor: 'c1', isAnew: true }])
  expect(server.opened).toEqual(['c1'])
})

it('tells what was missed, page by page, before it listens', async () => {
  const { server, news } = await following((it) => (it.journal = entries('c1', 'c2', 'c3', 'c4')), 'c1')

  expect(told(news)).toEqual(['c2', 'c3', 'c4'])
  expect(news.some(({ isAnew }) => isAnew)).toBe(false)
  expect(server.opened).toEqual(['c4'])
})

it('goes on behind the last entry that a stream told, with what came while none was open', async () => {
  const { server, news } = await following((it) => {
    it.journal = entries('c1')
    it.streams = [
      (onEntry) => {
        it.journal = entries('c1', 'c2', 'c3')
        onEntry({ cursor: 'c2' })
      },
    ]
  }, 'c1')

  expect(told(news)).toEqual(['c2', 'c3'])
  expect(server.opened).toEqual(['c1', 'c3'])
})

it('waits longer each time that nobody answers, and starts over once a stream has begun', async () => {
  const { server } = await following((it) => {
    it.refusals = ['again', 'again']
    it.streams = [() => undefined]
  })

  expect(server.pauses).toEqual([0, 1, 0, 1])
})

it('begins anew when its place is not known any more', async () => {
  const { news } = await following((it) => {
    it.journal = entries('c7')
    it.refusals = ['anew']
  }, 'forgotten')

  expect(news).toEqual([{ entries: [], cursor: 'c7', isAnew: true }])
})

it('ends with the session', async () => {
  const { server } = await following((it) => (it.refusals = ['over']))

  expect([server.opened, server.pauses]).toEqual([[], []])
})
