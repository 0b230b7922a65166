import { effectScope, ref } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const HERE = 'a'.repeat(32)
const node = { id: HERE, kind: 'folder', name: 'Films', parent_id: 'b'.repeat(32), seq: 1, ancestors: [] }
const server: { answer: (request: Request) => Promise<Response> } = { answer: async () => new Response() }

beforeEach(() => {
  vi.stubGlobal('location', { origin: 'http://here.example' })
  vi.stubGlobal('document', { cookie: '' })
  vi.stubGlobal('fetch', (request: Request) => server.answer(request))
  server.answer = async ({ url }) => Response.json(url.includes('/entries') ? { items: [node], next_cursor: null } : node)
})
afterEach(() => vi.unstubAllGlobals())

async function shown() {
  const { useFolder } = await import('./useFolder')
  const folder = effectScope().run(() => useFolder(ref(HERE)))!
  await folder.load()
  expect([folder.state.value, folder.items.value.length]).toEqual(['ready', 1])
  return folder
}

it('keeps what it shows when it is read anew and nobody answers', async () => {
  const folder = await shown()
  server.answer = () => Promise.reject(new TypeError('offline'))

  await folder.renew()

  expect([folder.state.value, folder.items.value.length]).toEqual(['ready', 1])
})

it('says so when it is read anew and is gone', async () => {
  const folder = await shown()
  server.answer = async () => Response.json({ code: 'node_not_found', detail: 'Gone.' }, { status: 404 })

  await folder.renew()

  expect([folder.state.value, folder.problem.value?.code]).toEqual(['failed', 'node_not_found'])
})

it('takes for news what it does not show yet, and nothing of other folders', async () => {
  const folder = await shown()
  const placed = (id: string, parent_id: string, seq: number) =>
    folder.concerns({ kind: 'placed', actor: '', node: { ...node, id, parent_id, seq } } as never)

  expect(placed('c'.repeat(32), HERE, 5)).toBe(true)
  expect(placed('c'.repeat(32), 'd'.repeat(32), 5)).toBe(false)
  expect(placed(HERE, 'b'.repeat(32), 1)).toBe(false)
  expect(placed(HERE, 'b'.repeat(32), 2)).toBe(true)
})
