import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Lanes } from './lanes'
import type { NewUpload, Ports, Report, Signed, Upload } from './ports'
import { Transfer, UploadFailed } from './transfer'

const PART = 8 * 2 ** 20
const refused = Object.assign(new Error('no'), { passing: false })
const interrupted = Object.assign(new Error('later'), { passing: true })

/** A server and a storage that remember. Each call takes the next of its failures, if there is one. */
class FakeWorld {
  started: { body: NewUpload; key: string }[] = []
  signed: number[] = []
  stored = new Map<number, number>()
  known: Report[] = []
  discarded: string[] = []
  completions: { reports: Report[]; conflict: string }[] = []
  states: string[] = []
  failures: Partial<Record<'start' | 'sign' | 'put' | 'complete', (Error | undefined)[]>> = {}

  ports: Ports = {
    isPassing: (error) => (error as { passing?: boolean }).passing === true,
    pause: (_, signal) => (signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve()),
    hash: async (body) => `sha of ${body.size}`,
    put: async (signed, body, { onProgress }) => {
      onProgress(body.size / 2)
      this.fail('put')
      this.stored.set(signed.number, body.size)
      return `etag ${signed.number}`
    },
    server: {
      start: async (body, key) => {
        this.started.push({ body, key })
        this.fail('start')
        return { upload: this.upload('open'), urls: body.parts.map(({ number }) => url(number)) }
      },
      sign: async (_, { number }) => {
        this.signed.push(number)
        this.fail('sign')
        return url(number)
      },
      report: async (_, reports) => void this.known.push(...reports),
      complete: async (_, reports, conflict) => {
        this.completions.push({ reports, conflict })
        this.fail('complete')
        this.known.push(...reports)
        return this.upload(this.states.shift() ?? 'committed')
      },
      abort: async (id) => void this.discarded.push(id),
    },
  }

  private fail(where: 'start' | 'sign' | 'put' | 'complete'): void {
    const error = this.failures[where]?.shift()
    if (error) throw error
  }

  private upload(state: string): Upload {
    return { id: 'u1', folder_id: 'root', state, part_size: PART, node_id: 'n1', failure_detail: null }
  }
}

function url(number: number): Signed {
  return { number, method: 'PUT', url: `https://storage/${number}`, headers: {}, size: PART }
}

let world: FakeWorld
let progress: number[]
const never = new AbortController().signal

beforeEach(() => {
  world = new FakeWorld()
  progress = []
})

function transfer(size: number, lanes = new Lanes(2)): Transfer {
  const file = new File([new Uint8Array(size)], 'film.mkv')
  const target = { id: 't1', name: 'film.mkv', folder: async () => 'root' }
  return new Transfer(file, target, world.ports, lanes, (bytes) => progress.push(bytes))
}

describe('a transfer', () => {
  it('sends a small file with one URL that came with the start', async () => {
    await transfer(5).run('fail', never)

    expect(world.started[0]?.body.parts).toEqual([{ number: 1, sha256: 'sha of 5' }])
    expect(world.signed).toEqual([])
    expect([...world.stored]).toEqual([[1, 5]])
  })

  it('sends an empty file, too', async () => {
    await transfer(0).run('fail', never)

    expect([...world.stored]).toEqual([[1, 0]])
  })

  it('sends a large file in parts, and reports every one of them', async () => {
    await transfer(2 * PART + 3).run('fail', never)

    expect(world.stored).toEqual(new Map([[1, PART], [2, PART], [3, 3]]))
    expect(world.known.map(({ number }) => number).sort()).toEqual([1, 2, 3])
    expect(progress.at(-1)).toBe(2 * PART + 3)
  })

  it('asks for a new URL after a try that storage did not take', async () => {
    world.failures.put = [interrupted, interrupted]

    await transfer(5).run('fail', never)

    expect(world.signed).toEqual([1, 1])
    expect(world.stored.size).toBe(1)
  })

  it('starts the same upload again when the answer was lost', async () => {
    world.failures.start = [interrupted]

    await transfer(5).run('fail', never)

    expect(world.started.map(({ key }) => key)).toEqual(['t1-fail', 't1-fail'])
  })

  it('takes back the progress of a part that has to be sent again', async () => {
    world.failures.put = [interrupted]

    await transfer(4).run('fail', never)

    expect(progress).toEqual([2, 0, 2, 4])
  })

  it('asks until the file is there when the server needs longer', async () => {
    world.states = ['assembling', 'stored', 'committed']

    const upload = await transfer(5).run('fail', never)

    expect(upload.state).toBe('committed')
    expect(world.completions).toHaveLength(3)
  })

  it('gives up on a refusal at once, and goes on with what is missing when it is run again', async () => {
    const large = transfer(3 * PART, new Lanes(1))
    world.failures.sign = [undefined, refused]
    await expect(large.run('fail', never)).rejects.toBe(refused)

    await large.run('fail', never)

    expect(world.started).toHaveLength(1)
    expect(world.signed).toEqual([1, 2, 2, 3])
    expect(world.known.map(({ number }) => number)).toEqual([1, 2, 3])
  })

  it('sends nothing twice when only the name was in the way', async () => {
    const small = transfer(5)
    world.failures.complete = [refused]
    await expect(small.run('fail', never)).rejects.toBe(refused)

    await small.run('rename', never)

    expect(world.started).toHaveLength(1)
    expect(world.completions.map(({ conflict }) => conflict)).toEqual(['fail', 'rename'])
  })

  it('begins anew after an upload that ended without a file', async () => {
    const small = transfer(5)
    world.states = ['failed']
    await expect(small.run('fail', never)).rejects.toBeInstanceOf(UploadFailed)

    await small.run('fail', never)

    expect(world.started).toHaveLength(2)
  })

  it('stops when it is cancelled, and frees what it held', async () => {
    const cancel = new AbortController()
    world.ports.put = () => {
      cancel.abort()
      return Promise.reject(interrupted)
    }
    const small = transfer(5)

    await expect(small.run('fail', cancel.signal)).rejects.toBeDefined()
    await small.discard()

    expect(world.completions).toEqual([])
    expect(world.discarded).toEqual(['u1'])
  })

  it('frees what it was still starting when it was cancelled', async () => {
    const cancel = new AbortController()
    const { start } = world.ports.server
    world.ports.server.start = (...asked) => {
      cancel.abort()
      return start(...asked)
    }
    const small = transfer(5)

    const running = small.run('fail', cancel.signal)
    running.catch(() => undefined)
    await vi.waitUntil(() => cancel.signal.aborted)
    await small.discard()

    await expect(running).rejects.toBeDefined()
    expect(world.discarded).toEqual(['u1'])
  })

  it('does not try for ever', async () => {
    world.failures.put = Array.from({ length: 100 }, () => interrupted)

    await expect(transfer(5).run('fail', never)).rejects.toBe(interrupted)

    expect(world.stored.size).toBe(0)
  })
})
