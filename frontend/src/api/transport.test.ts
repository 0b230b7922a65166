import { beforeEach, describe, expect, it } from 'vitest'
import { sessionTransport } from './transport'

const API = 'http://stowage.test/api/v1'

/** A server whose session expires, and the cookies of the browser before it. */
class FakeServer {
  csrf = 'c1'
  expired = false
  over = false
  renewals = 0
  seen: { path: string; csrf: string | null; body: string }[] = []

  send = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname
    this.seen.push({ path, csrf: request.headers.get('stowage-csrf'), body: await request.text() })
    if (path.endsWith('/sessions/refresh')) return this.renew()
    if (path.endsWith('/sessions')) return new Response('{}', { status: 401 })
    return new Response('{}', { status: this.expired ? 401 : 200 })
  }

  private renew(): Response {
    this.renewals += 1
    if (this.over) return new Response('{}', { status: 401 })
    this.expired = false
    return new Response('{}', { status: 200 })
  }
}

let server: FakeServer
let ended: number
let lock: Promise<unknown>
let clock: number
let renewedAt: number

/** A tab; all tabs share cookies, server and lock. */
function tab({ hasLocks = true } = {}) {
  return sessionTransport({
    origin: 'http://stowage.test',
    send: server.send,
    cookies: () => (server.csrf ? `theme=dark; stowage_csrf=${server.csrf}` : ''),
    exclusive: (work) => {
      if (!hasLocks) return work()
      const turn = lock.then(work)
      lock = turn
      return turn
    },
    mark: { read: () => renewedAt, write: (at) => (renewedAt = at) },
    now: () => ++clock,
    onEnd: () => (ended += 1),
  })
}

beforeEach(() => {
  server = new FakeServer()
  ended = 0
  lock = Promise.resolve()
  clock = 0
  renewedAt = 0
})

const get = () => new Request(`${API}/drive`)
const post = (body = '{"name":"a"}') => new Request(`${API}/folders`, { method: 'POST', body })

describe('requests', () => {
  it('carry the CSRF token when they change something', async () => {
    await tab()(post())

    expect(server.seen[0]?.csrf).toBe('c1')
  })

  it('carry none when they only read', async () => {
    await tab()(get())

    expect(server.seen[0]?.csrf).toBeNull()
  })

  it('are repeated with body and token after the session was renewed', async () => {
    server.expired = true

    const answer = await tab()(post('{"name":"films"}'))

    expect(answer.status).toBe(200)
    expect(server.seen.at(-1)).toEqual({ path: '/api/v1/folders', csrf: 'c1', body: '{"name":"films"}' })
  })

  it.each([true, false])('of one tab share one renewal (locks: %s)', async (hasLocks) => {
    server.expired = true
    const send = tab({ hasLocks })

    const answers = await Promise.all([send(get()), send(post()), send(get())])

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(server.renewals).toBe(1)
  })

  it('of several tabs share one renewal', async () => {
    server.expired = true

    const answers = await Promise.all([tab()(get()), tab()(get()), tab()(post())])

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(server.renewals).toBe(1)
  })

  it('are renewed again when the session expires once more', async () => {
    const send = tab()
    server.expired = true
    await send(get())
    server.expired = true

    await send(get())

    expect(server.renewals).toBe(2)
  })

  it('say once that the session is over, and pass the refusal on', async () => {
    server.expired = true
    server.over = true

    const answer = await tab()(get())

    expect(answer.status).toBe(401)
    expect(ended).toBe(1)
  })

  it('do not end the session when the server is only too busy to renew it', async () => {
    server.expired = true
    const send = server.send
    server.send = async (request) =>
      request.url.endsWith('/refresh') ? new Response('{}', { status: 503 }) : send(request)

    await tab()(get())

    expect(ended).toBe(0)
  })

  it('with a wrong password renew nothing', async () => {
    const answer = await tab()(new Request(`${API}/sessions`, { method: 'POST', body: '{}' }))

    expect(answer.status).toBe(401)
    expect(server.renewals).toBe(0)
  })
})
