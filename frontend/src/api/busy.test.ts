import { expect, it } from 'vitest'
import { withPatience } from './busy'

const FOLDERS = 'http://stowage.test/api/v1/folders'

/** A server that is busy for so many requests. */
function server(busyFor: number, headers: HeadersInit = {}) {
  const seen: { key: string | null; body: string }[] = []
  const rests: number[] = []
  const send = async (request: Request) => {
    seen.push({ key: request.headers.get('Idempotency-Key'), body: await request.text() })
    return seen.length <= busyFor ? new Response('{}', { status: 503, headers }) : new Response('{}', { status: 201 })
  }
  const rest = (milliseconds: number) => {
    rests.push(milliseconds)
    return Promise.resolve()
  }
  return { seen, rests, send: withPatience(send, rest) }
}

function post(headers: HeadersInit = { 'Idempotency-Key': 'k1' }): Request {
  return new Request(FOLDERS, { method: 'POST', body: '{"name":"a"}', headers })
}

it('says the same again with the same key, until it is taken', async () => {
  const { seen, send } = server(2)

  const answer = await send(post())

  expect(answer.status).toBe(201)
  expect(seen).toEqual(Array.from({ length: 3 }, () => ({ key: 'k1', body: '{"name":"a"}' })))
})

it('repeats nothing that could be done twice', async () => {
  const { seen, send } = server(1)

  expect((await send(post({}))).status).toBe(503)
  expect(seen).toHaveLength(1)
})

it('waits as long as it is asked to, within reason, and longer each time', async () => {
  const asking = server(2, { 'Retry-After': '2' })
  await asking.send(post())
  expect(asking.rests).toEqual([2000, 2000])

  const silent = server(3, { 'Retry-After': '3600' })
  await silent.send(new Request(FOLDERS))
  expect(silent.rests).toEqual([5000, 5000, 5000])

  const plain = server(3)
  await plain.send(post())
  expect(plain.rests).toEqual([500, 1000, 2000])
})

it('tells whoever asked when it has said it often enough', async () => {
  const { seen, send } = server(9)

  expect((await send(post())).status).toBe(503)
  expect(seen).toHaveLength(4)
})

it('lets go of what was cancelled while it waits', async () => {
  const leaving = new AbortController()
  const send = withPatience(() => {
    leaving.abort()
    return Promise.resolve(new Response('{}', { status: 503 }))
  })

  // The signal aborts before the rest begins: it must not be waited for.
  await expect(send(new Request(FOLDERS, { signal: leaving.signal }))).rejects.toThrow('cancelled')
})
