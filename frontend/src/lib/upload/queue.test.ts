import { beforeEach, expect, it } from 'vitest'
import { UploadQueue, type Sender, type UploadItem } from './queue'

/** A sender that waits until the test says how it ends. */
class FakeSender implements Sender {
  asked: string[] = []
  discarded = false
  onProgress: (sentBytes: number) => void = () => {}
  private end: { resolve: () => void; reject: (error: Error) => void } | undefined

  run(conflict: string, signal: AbortSignal): Promise<void> {
    this.asked.push(conflict)
    return new Promise((resolve, reject) => {
      this.end = { resolve, reject }
      signal.addEventListener('abort', () => reject(signal.reason as Error))
    })
  }

  discard(): Promise<void> {
    this.discarded = true
    return Promise.resolve()
  }

  arrive(): void {
    this.end!.resolve()
  }

  fail(message: string): void {
    this.end!.reject(new Error(message))
  }
}

let items: UploadItem[]
let senders: FakeSender[]
let done: string[]
let queue: UploadQueue

beforeEach(() => {
  items = []
  senders = []
  done = []
  queue = new UploadQueue(items, {
    begin: (_, __, onProgress) => {
      const sender = Object.assign(new FakeSender(), { onProgress })
      senders.push(sender)
      return sender
    },
    explain: (error) => ({
      state: String(error).includes('taken') ? 'conflict' : 'failed',
      detail: (error as Error).message,
      requestId: 'r1',
    }),
    onDone: ({ name }) => done.push(name),
    newId: () => `i${items.length}`,
  })
})

const add = (...names: string[]) => {
  for (const name of names) void queue.add(new File(['abc'], name), 'root')
}
const settled = () => new Promise((resolve) => setTimeout(resolve))
const states = () => items.map(({ state }) => state)

it('sends three files at a time, and the next when one has arrived', async () => {
  add('a', 'b', 'c', 'd')
  await settled()
  expect(states()).toEqual(['sending', 'sending', 'sending', 'waiting'])

  senders[1]!.arrive()
  await settled()

  expect(states()).toEqual(['sending', 'done', 'sending', 'sending'])
  expect(done).toEqual(['b'])
})

it('says that a file is being finished once all its bytes are there', async () => {
  add('a')
  await settled()

  senders[0]!.onProgress(2)
  expect(items[0]).toMatchObject({ state: 'sending', sentBytes: 2 })
  senders[0]!.onProgress(3)

  expect(items[0]).toMatchObject({ state: 'finishing', sentBytes: 3 })
})

it('shows why a file failed, with the id to ask the operator about, and tries again when told', async () => {
  add('a')
  await settled()
  senders[0]!.fail('The drive is full.')
  await settled()
  expect(items[0]).toMatchObject({ state: 'failed', detail: 'The drive is full.', requestId: 'r1' })

  void queue.again('i0')
  await settled()
  senders[0]!.arrive()
  await settled()

  expect(items[0]).toMatchObject({ state: 'done', detail: '', requestId: '' })
})

it('asks about a taken name, and goes on with the answer', async () => {
  add('a')
  await settled()
  senders[0]!.fail('name taken')
  await settled()
  expect(states()).toEqual(['conflict'])

  void queue.again('i0', 'rename')
  await settled()

  expect(senders[0]!.asked).toEqual(['fail', 'rename'])
})

it('stops a cancelled file, frees what it held, and gives its place to the next', async () => {
  add('a', 'b', 'c', 'd')
  await settled()

  await queue.cancel('i0')
  await settled()

  expect(states()).toEqual(['cancelled', 'sending', 'sending', 'sending'])
  expect(senders[0]!.discarded).toBe(true)
})

it('never begins a file that was cancelled while it waited', async () => {
  add('a', 'b', 'c', 'd')
  await queue.cancel('i3')
  await settled()

  senders[0]!.arrive()
  await settled()

  expect(senders[3]!.asked).toEqual([])
})

it('does not let late progress wake what was cancelled', async () => {
  add('a')
  await settled()
  await queue.cancel('i0')

  senders[0]!.onProgress(3)

  expect(states()).toEqual(['cancelled'])
})

it('clears what has ended, and nothing else', async () => {
  add('a', 'b')
  await settled()
  senders[0]!.arrive()
  await settled()

  queue.clear()

  expect(items.map(({ name }) => name)).toEqual(['b'])
})
