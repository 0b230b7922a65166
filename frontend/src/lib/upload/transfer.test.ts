import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Lanes } from './lanes'
import type { NewUpload, Outlook, Ports, Report, Signed, Upload } from './ports'
import { StorageReach } from './reach'
import { Transfer, UploadFailed } from './transfer'

const PART = 8 * 2 ** 20
const failure = (outlook: Outlook) => Object.assign(new Error(outlook), { outlook })
const refused = failure('final')
const interrupted = failure('unreachable')
const busy = failure('passing')
const over = failure('over')

type Place = 'start' | 'find' | 'sign' | 'put' | 'relay' | 'complete'

/** A server and a storage that remember. Each call takes the next of its failures, if there is one. */
class FakeWorld {
  started: { body: NewUpload; key: string }[] = []
  signed: number[] = []
  stored = new Map<number, number>()
  known: Report[] = []
  discarded: string[] = []
  completions: { reports: Report[]; conflict: string }[] = []
  states: string[] = []
  relayed: number[] = []
  /** What the drive holds already, by its hash, and how often that was asked. */
  held = new Set<string>()
  asked = 0
  /** What `find` knows. */
  earlier = { state: 'open', arrived: [] as number[] }
  failures: Partial<Record<Place, (Error | undefined)[]>> = {}

  ports: Ports = {
    judge: (error) => (error as { outlook?: Outlook }).outlook ?? 'final',
    now: () => 0,
    relay: async (_, { number }, body) => {
      this.fail('relay')
      this.relayed.push(number)
      this.stored.set(number, body.size)
    },
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
        const state = this.held.has(body.content_hash ?? '') ? 'committed' : 'open'
        return { upload: this.upload(state), urls: body.parts.map(({ number }) => url(number)) }
      },
      find: async () => {
        this.fail('find')
        return { upload: this.upload(this.earlier.state), arrived: this.earlier.arrived }
      },
      useKnown: async (_, hash) => {
        this.asked += 1
        return this.upload(this.held.has(hash) ? 'committed' : 'open')
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
      putForm: () => Promise.reject(new Error('one file is no form')),
      endForm: () => Promise.reject(new Error('one file is no form')),
    },
  }

  private fail(where: Place): void {
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
let known: string[]
let stalls: boolean[]
let knownCount: number
const never = new AbortController().signal

beforeEach(() => {
  world = new FakeWorld()
  progress = []
  known = []
  stalls = []
  knownCount = 0
})

interface Options {
  lanes?: Lanes
  reach?: StorageReach
  uploadId?: string
}

function transfer(size: number, { lanes = new Lanes(2), reach = new StorageReach(() => 0), uploadId }: Options = {}): Transfer {
  const file = new File([new Uint8Array(size)], 'film.mkv')
  const target = { id: 't1', name: 'film.mkv', folder: async () => 'root', uploadId }
  return new Transfer(file, target, world.ports, { lanes, reach }, {
    onProgress: (bytes) => progress.push(bytes),
    onStart: (id) => known.push(id),
    onKnown: () => (knownCount += 1),
    onStall: (isStalled) => stalls.push(isStalled),
  })
}

describe('a transfer', () => {
  it('sends a small file with one URL that came with the start', async () => {
    await transfer(5).run('fail', never)

    expect(world.started[0]?.body.parts).toEqual([{ number: 1, sha256: 'sha of 5' }])
    expect(world.signed).toEqual([])
    expect([...world.stored]).toEqual([[1, 5]])
  })

  it('sends nothing of a small file that the drive holds', async () => {
    world.held.add('sha of 4')

    const upload = await transfer(5).run('fail', never)

    expect(upload.state).toBe('committed')
    expect(world.started).toHaveLength(1)
    expect(world.stored.size + world.completions.length).toBe(0)
    expect(knownCount).toBe(1)
  })

  it('stops sending a large file as soon as the drive turns out to hold it', async () => {
    world.held.add('sha of 18')
    const put = world.ports.put
    world.ports.put = (signed, body, sending) =>
      new Promise((resolve, reject) => {
        sending.signal.addEventListener('abort', () => reject(sending.signal.reason as Error))
        if (world.asked) void put(signed, body, sending).then(resolve, reject)
      })

    const upload = await transfer(2 * PART + 3).run('fail', never)

    expect(upload.state).toBe('committed')
    expect(world.completions).toEqual([])
    expect(knownCount).toBe(1)
  })

  it('believes that it is there even when its parts are refused for that very reason', async () => {
    world.held.add('sha of 18')
    const answer = world.ports.server.useKnown
    world.ports.put = async () => {
      while (!world.asked) await new Promise((resolve) => setTimeout(resolve))
      throw over
    }
    world.ports.server.useKnown = async (...asked) => {
      const upload = await answer(...asked)
      await new Promise((resolve) => setTimeout(resolve, 5))
      return upload
    }

    const upload = await transfer(2 * PART + 3).run('fail', never)

    expect(upload.state).toBe('committed')
    expect(world.started).toHaveLength(1)
  })

  it('asks once about a large file, and not about one that it goes on with', async () => {
    await transfer(2 * PART + 3).run('fail', never)
    expect(world.asked).toBe(1)
    expect(knownCount).toBe(0)

    world.earlier.arrived = [1]
    await transfer(2 * PART + 3, { uploadId: 'u1' }).run('fail', never)
    expect(world.asked).toBe(1)
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
    const large = transfer(3 * PART, { lanes: new Lanes(1) })
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

  it('does not try for ever what the server has trouble with', async () => {
    world.failures.complete = Array.from({ length: 100 }, () => busy)

    await expect(transfer(5).run('fail', never)).rejects.toBe(busy)
  })

  it('waits as long as nobody answers, says so, and goes on', async () => {
    world.failures.sign = Array.from({ length: 500 }, () => interrupted)

    await transfer(PART + 1, { lanes: new Lanes(1) }).run('fail', never)

    expect(world.stored.size).toBe(2)
    expect(stalls).toContain(true)
    expect(stalls.at(-1)).toBe(false)
  })

  it('reports each of several parts when it has arrived', async () => {
    world.failures.put = [undefined, undefined, refused]
    await expect(transfer(3 * PART, { lanes: new Lanes(1) }).run('fail', never)).rejects.toBe(refused)

    expect(world.known.map(({ number }) => number)).toEqual([1, 2])
  })

  it('sends only what is missing of an upload that began before', async () => {
    world.earlier.arrived = [1, 3]

    await transfer(3 * PART, { uploadId: 'u1' }).run('fail', never)

    expect(world.started).toEqual([])
    expect([...world.stored.keys()]).toEqual([2])
    expect(progress[0]).toBe(PART)
    expect(progress.at(-1)).toBe(3 * PART)
  })

  it('sends nothing of an upload that was complete before', async () => {
    world.earlier.state = 'committed'

    const upload = await transfer(3 * PART, { uploadId: 'u1' }).run('fail', never)

    expect(upload.state).toBe('committed')
    expect(world.stored.size).toBe(0)
  })

  it.each([
    ['is not known any more', () => (world.failures.find = [over])],
    ['has been given up', () => (world.earlier.state = 'aborted')],
  ])('begins anew when the upload that began before %s', async (_, arrange) => {
    arrange()

    await transfer(5, { uploadId: 'u0' }).run('fail', never)

    expect(world.started.map(({ key }) => key)).toEqual(['t1-fail'])
    expect([...world.stored]).toEqual([[1, 5]])
  })

  it('begins anew, as another upload, when the server lets go of it on the way', async () => {
    world.failures.sign = [undefined, over]

    await transfer(2 * PART, { lanes: new Lanes(1) }).run('fail', never)

    expect(world.started.map(({ key }) => key)).toEqual(['t1-fail', 't1-fail-1'])
    expect(world.signed).toEqual([1, 2, 1, 2])
  })

  it('says which upload it is once the server knows it', async () => {
    await transfer(5).run('fail', never)

    expect(known).toEqual(['u1'])
  })
})

describe('where storage cannot be reached', () => {
  const unreachable = () => Array.from({ length: 100 }, () => interrupted)

  it('sends through the server, which answered all the time', async () => {
    world.failures.put = unreachable()

    await transfer(2 * PART).run('fail', never)

    expect(world.relayed.sort()).toEqual([1, 2])
    expect(world.known).toEqual([])
  })

  it('knows for the next file, and tries storage again after some minutes', async () => {
    let now = 0
    const reach = new StorageReach(() => now)
    world.failures.put = [interrupted, interrupted, interrupted]
    await transfer(5, { reach }).run('fail', never)

    await transfer(5, { reach }).run('fail', never)
    expect(world.relayed).toEqual([1, 1])
    now = 6 * 60_000
    await transfer(5, { reach }).run('fail', never)

    expect(world.relayed).toEqual([1, 1])
  })

  it('does not take a broken line for it: then the server does not answer either', async () => {
    const cut = [interrupted, undefined]
    world.failures.put = [interrupted, interrupted, interrupted, interrupted]
    world.failures.sign = [...cut, ...cut, ...cut, ...cut]

    await transfer(5).run('fail', never)

    expect(world.relayed).toEqual([])
  })

  it('goes on when the way through the server breaks, too', async () => {
    world.failures.put = unreachable()
    world.failures.relay = [interrupted]

    await transfer(5).run('fail', never)

    expect(world.relayed).toEqual([1])
  })
})
