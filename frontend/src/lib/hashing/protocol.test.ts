import { expect, it } from 'vitest'
import { FileUnreadable, Hasher, serveHashes, type HashReply, type HashRequest, type Port } from './protocol'

/** A worker without a thread: what is posted on one side arrives at the other, later. */
function linked(hash: (blob: Blob) => Promise<string>): Port<HashReply, HashRequest> {
  const toPage = new EventTarget()
  const toWorker = new EventTarget()
  serveHashes(end<HashRequest, HashReply>(toWorker, toPage), hash)
  return end<HashReply, HashRequest>(toPage, toWorker)
}

function end<In, Out>(own: EventTarget, other: EventTarget): Port<In, Out> {
  return {
    addEventListener: own.addEventListener.bind(own) as Port<In, Out>['addEventListener'],
    postMessage: (data) => queueMicrotask(() => other.dispatchEvent(new MessageEvent('message', { data }))),
  }
}

const text = (blob: Blob) => blob.text()

it('gives each caller the answer to its own question, in whatever order they come', async () => {
  const slowFirst = async (blob: Blob) => {
    const said = await blob.text()
    if (said === 'first') await new Promise((resolve) => setTimeout(resolve, 5))
    return `#${said}`
  }
  const hasher = new Hasher([linked(slowFirst)])

  const answers = await Promise.all(['first', 'second'].map((said) => hasher.hash(new Blob([said]))))

  expect(answers).toEqual(['#first', '#second'])
})

it('shares the work among its workers', async () => {
  const asked = [0, 0]
  const counting = (index: 0 | 1) =>
    linked((blob) => {
      asked[index]! += 1
      return text(blob)
    })
  const hasher = new Hasher([counting(0), counting(1)])

  await Promise.all(Array.from({ length: 6 }, () => hasher.hash(new Blob(['x']))))

  expect(asked).toEqual([3, 3])
})

it('says in words that a file cannot be read, and goes on with the next', async () => {
  const fragile = async (blob: Blob) => {
    if ((await blob.text()) === 'gone') throw new DOMException('gone', 'NotReadableError')
    return 'fine'
  }
  const hasher = new Hasher([linked(fragile)])

  await expect(hasher.hash(new Blob(['gone']))).rejects.toBeInstanceOf(FileUnreadable)
  await expect(hasher.hash(new Blob(['here']))).resolves.toBe('fine')
})
