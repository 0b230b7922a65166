import { beforeEach, expect, it } from 'vitest'
import { UploadQueue, type Sender, type UploadItem } from './queue'
import { emptyTally, openCount, type Tally } from './tally'

/** A sender that waits until the test says how it ends. */
class FakeSender implements Sender {
  asked: string[] = []
  discarded = false
  onProgress: (sentBytes: number) => void = () => {}
  onStall: (isStalled: boolean) => void = () => {}
  private end: { resolve: (folderId: string) => void; reject: (error: Error) => void } | undefined

  run(conflict: string, signal: AbortSignal): Promise<string> {
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
    this.end!.resolve('folder')
  }

  fail(message: string): void {
    this.end!.reject(new Error(message))
  }
}

let items: UploadItem[]
let tally: Tally
let senders: FakeSender[]
let done: string[]
let gone: string[]
let queue: UploadQueue

beforeEach(() => {
  items = []
  tally = emptyTally()
  senders = []
  done = []
  gone = []
  queue = new UploadQueue(items, tally, {
    explain: (error) => ({
      state: String(error).includes('taken') ? 'conflict' : 'failed',
      why: () => (error as Error).message,
      requestId: 'r1',
    }),
    onDone: ({ name }, folderId) => done.push(`${folderId}/${name}`),
    onGone: (ids) => gone.push(...ids),
  })
})

function add(...names: string[]): void {
  for (const name of names) {
    const sender = new FakeSender()
    senders.push(sender)
    const fixed = { name, folders: [], sizeBytes: 3, batch: 'b1', conflict: 'fail' } as const
    void queue.add({ ...fixed, id: `i${items.length}` }, (tell) => Object.assign(sender, tell))
  }
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
  expect(done).toEqual(['folder/b'])
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
  expect(items[0]).toMatchObject({ state: 'failed', requestId: 'r1' })
  expect(items[0]!.why!()).toBe('The drive is full.')

  void queue.again('i0')
  await settled()
  senders[0]!.arrive()
  await settled()

  expect(items[0]).toMatchObject({ state: 'done', why: null, requestId: '' })
})

it('asks about a taken name, and goes on with the answer', async () => {
  add('a')
  await settled()
  senders[0]!.fail('name taken')
  await settled()
  expect(states()).toEqual(['conflict'])

  queue.answer('i0', 'rename', false)
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

it('asks once about all that came together, and answers for those that come later, too', async () => {
  add('a', 'b', 'c', 'd')
  await settled()
  senders[0]!.fail('name taken')
  senders[1]!.fail('name taken')
  await settled()
  expect(states()).toEqual(['conflict', 'conflict', 'sending', 'sending'])

  queue.answer('i0', 'replace', true)
  senders[3]!.fail('name taken')
  await settled()
  senders[2]!.arrive()
  await settled()

  expect(senders.map(({ asked }) => asked.at(-1))).toEqual(['replace', 'replace', 'fail', 'replace'])
})

it('skips for all', async () => {
  add('a', 'b')
  await settled()
  senders[0]!.fail('name taken')
  senders[1]!.fail('name taken')
  await settled()

  queue.answer('i1', 'skip', true)

  expect(states()).toEqual(['cancelled', 'cancelled'])
})

it('holds a paused file where it is, and goes on when told', async () => {
  add('a', 'b', 'c', 'd')
  await settled()

  queue.pause('i0')
  await settled()
  expect(states()).toEqual(['paused', 'sending', 'sending', 'sending'])
  expect(senders[0]!.discarded).toBe(false)

  senders[1]!.arrive()
  void queue.again('i0')
  await settled()
  senders[0]!.arrive()
  await settled()

  expect(states()).toEqual(['done', 'done', 'sending', 'sending'])
})

it('never begins a waiting file while it is paused', async () => {
  add('a', 'b', 'c', 'd')
  await settled()
  queue.pause('i3')

  senders[0]!.arrive()
  await settled()

  expect(senders[3]!.asked).toEqual([])
})

it('keeps what is paused when the list is cleared', async () => {
  add('a')
  await settled()
  queue.pause('i0')

  queue.clear()

  expect(states()).toEqual(['paused'])
})

it('counts all of them as they go', async () => {
  add('a', 'b', 'c', 'd')
  await settled()
  senders[0]!.onProgress(2)
  senders[1]!.arrive()
  await queue.cancel('i2')
  await settled()

  expect(tally).toMatchObject({ count: 3, sizeBytes: 9, sentBytes: 5, byState: { done: 1, sending: 2, cancelled: 1 } })
  expect(openCount(tally)).toBe(2)

  queue.clear()

  expect(tally).toMatchObject({ count: 2, sizeBytes: 6, sentBytes: 2, byState: { done: 0, cancelled: 0 } })
})

it('says while it waits for somebody to answer', async () => {
  add('a')
  await settled()

  senders[0]!.onStall(true)

  expect(items[0]).toMatchObject({ state: 'sending', isStalled: true })
})

it('tells of those that need not be remembered: done, cancelled, or cleared, but not paused', async () => {
  add('a', 'b', 'c', 'd')
  await settled()
  queue.pause('i2')
  await queue.cancel('i1')
  senders[0]!.arrive()
  await settled()
  senders[3]!.fail('no')
  await settled()
  expect(gone).toEqual(['i1', 'i0'])

  queue.clear()

  expect(gone).toContain('i3')
  expect(gone).not.toContain('i2')
})

it('lets go of all without a word to anybody', async () => {
  add('a', 'b')
  await settled()

  queue.leave()
  await settled()

  expect(items).toEqual([])
  expect(tally.count).toBe(0)
  expect(gone).toEqual([])
  expect(senders[0]!.discarded).toBe(false)
})
