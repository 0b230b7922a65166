import { beforeEach, expect, it } from 'vitest'
import type { FormMemory, FormPlace } from './memory'
import type { Conflict, FormEntry, Outlook, Ports, Sending } from './ports'
import { SmallFile } from './smallFile'
import { SmallFiles } from './smallFiles'

const failure = (outlook: Outlook, name: string = outlook) => Object.assign(new Error(name), { outlook })
const never = new AbortController().signal

interface Form {
  names: string[]
  key: string
  entries: FormEntry[]
  sending: Sending
  answer: (errors?: (Error | null)[]) => void
  fail: (error: Error) => void
}

class FakeMemory implements FormMemory {
  places = new Map<string, FormPlace>()

  async keepForm(files: { id: string; place: FormPlace }[]): Promise<void> {
    for (const { id, place } of files) this.places.set(id, place)
  }

  async forgetForm(ids: string[]): Promise<void> {
    ids.forEach((id) => this.places.delete(id))
  }

  async form(key: string): Promise<{ id: string; place: FormPlace }[]> {
    const found = [...this.places].filter(([, place]) => place.key === key).map(([id, place]) => ({ id, place }))
    return found.sort((one, other) => one.place.index - other.place.index)
  }
}

let forms: Form[]
let ended: { key: string; names: string[] }[]
let thereAtTheEnd: string[]
let memory: FakeMemory
let small: SmallFiles
let alone: string[]
let progress: Record<string, number>
let ports: Ports

beforeEach(() => {
  forms = []
  ended = []
  thereAtTheEnd = []
  alone = []
  progress = {}
  memory = new FakeMemory()
  ports = {
    judge: (error: unknown) => (error as { outlook?: Outlook }).outlook ?? 'final',
    now: () => 0,
    pause: (_: number, signal: AbortSignal) =>
      signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve(),
    hash: async (body: Blob) => `sha of ${await body.text()}`,
    server: {
      putForm: (entries: FormEntry[], _: Blob[], key: string, sending: Sending) =>
        new Promise((resolve, reject) => {
          sending.signal.addEventListener('abort', () => reject(sending.signal.reason as Error))
          const answer = (errors: (Error | null)[] = entries.map(() => null)) => resolve(errors)
          forms.push({ names: entries.map(({ name }) => name), key, entries, sending, answer, fail: reject })
        }),
      endForm: async (entries: FormEntry[], key: string) => {
        ended.push({ key, names: entries.map(({ name }) => name) })
        return entries.map(({ name }) => thereAtTheEnd.includes(name))
      },
    },
  } as unknown as Ports
  small = new SmallFiles(ports, memory)
})

function one(name: string, more: { bytes?: number; folder?: () => Promise<string>; form?: FormPlace } = {}): SmallFile {
  const file = new File(['x'.repeat(more.bytes ?? 3)], name)
  const target = { id: `id of ${name}`, name, folder: more.folder ?? (async () => 'root'), form: more.form }
  const observer = { onProgress: (bytes: number) => void (progress[name] = bytes), onKnown: () => undefined, onStall: () => undefined }
  return new SmallFile(file, target, ports, small, observer, () => ({
    run: async (conflict: Conflict) => {
      alone.push(`${name} ${conflict}`)
      return 'root'
    },
    discard: async () => undefined,
  }))
}

const run = (file: SmallFile, conflict: Conflict = 'fail', signal = never) => file.run(conflict, signal)
const told = (running: Promise<string>) => running.catch((error: Error) => error.message)
/** Reading a file takes turns of its own. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve))
}

it('sends what waits together in one form, and says of each what became of it', async () => {
  const [a, b] = [told(run(one('a'))), told(run(one('b'), 'replace'))]
  await settled()
  expect(forms.map(({ names }) => names)).toEqual([['a', 'b']])
  expect(forms[0]!.entries[1]).toEqual({
    folder_id: 'root',
    name: 'b',
    size: 3,
    content_type: 'application/octet-stream',
    conflict: 'replace',
    sha256: 'sha of xxx',
  })

  forms[0]!.answer([failure('final', 'taken'), null])

  expect(await Promise.all([a, b])).toEqual(['taken', 'root'])
  expect(memory.places.size).toBe(0)
})

it('lets one that nobody came with go alone, also when it is tried again', async () => {
  const a = one('a')
  expect(await run(a)).toBe('root')
  expect(await run(a, 'rename')).toBe('root')
  expect(alone).toEqual(['a fail', 'a rename'])
  expect(forms).toEqual([])
})

it('fills forms with a hundred files or four megabytes, three of them at a time', async () => {
  for (let number = 0; number < 350; number += 1) void run(one(`${number}`))
  await settled()
  expect(forms.map(({ names }) => names.length)).toEqual([100, 100, 100])
  forms[0]!.answer()
  await settled()
  expect(forms.map(({ names }) => names.length)).toEqual([100, 100, 100, 50])
})

it('puts no more than four megabytes into a form', async () => {
  for (let number = 0; number < 6; number += 1) void run(one(`${number}`, { bytes: 2 ** 20 }))
  await settled()
  expect(forms.map(({ names }) => names.length)).toEqual([4, 2])
})

it('tells each file how much of it was sent', async () => {
  for (const name of ['a', 'b', 'c']) void run(one(name))
  await settled()
  forms[0]!.sending.onProgress(5)
  expect(progress).toEqual({ a: 3, b: 2 })
  forms[0]!.sending.onProgress(900)
  expect(progress).toEqual({ a: 3, b: 3, c: 3 })
})

it('repeats a form whose answer was lost with the same key', async () => {
  const both = [run(one('a')), run(one('b'))]
  await settled()
  forms[0]!.fail(failure('unreachable'))
  await settled()
  expect(forms).toHaveLength(2)
  expect(forms[1]!.key).toBe(forms[0]!.key)
  forms[1]!.answer()
  expect(await Promise.all(both)).toEqual(['root', 'root'])
})

it('spoils nothing for the others if a folder cannot be made for one', async () => {
  const [a, b, c] = [run(one('a')), told(run(one('b', { folder: () => Promise.reject(new Error('no')) }))), run(one('c'))]
  await settled()
  expect(forms[0]!.names).toEqual(['a', 'c'])
  forms[0]!.answer()
  expect(await Promise.all([a, b, c])).toEqual(['root', 'no', 'root'])
})

it('tells all of them why a whole form was refused', async () => {
  const both = [told(run(one('a'))), told(run(one('b')))]
  await settled()
  forms[0]!.fail(failure('final', 'signed out'))
  expect(await Promise.all(both)).toEqual(['signed out', 'signed out'])
})

it('takes back a file that still waits, and lets one in the air land', async () => {
  const pausing = new AbortController()
  const [a, b] = [one('a'), one('b')]
  const first = told(run(a, 'fail', pausing.signal))
  void run(b)
  await settled()
  pausing.abort(new Error('paused'))
  expect(await first).toBe('paused')
  expect(forms[0]!.sending.signal.aborted).toBe(false)

  const again = run(a)
  forms[0]!.answer()

  expect(await again).toBe('root')
  expect(forms).toHaveLength(1)
})

it('stops a form of which nobody wants anything more, and asks about it before it sends them again', async () => {
  const pausing = new AbortController()
  const [a, b] = [one('a'), one('b')]
  const both = [told(run(a, 'fail', pausing.signal)), told(run(b, 'fail', pausing.signal))]
  await settled()
  pausing.abort(new Error('paused'))
  expect(await Promise.all(both)).toEqual(['paused', 'paused'])
  await settled()
  thereAtTheEnd = ['b']

  const again = [run(a), run(b)]
  await settled()

  expect(ended).toEqual([{ key: forms[0]!.key, names: ['a', 'b'] }])
  expect(await again[1]).toBe('root')
  expect(alone).toEqual(['a fail'])
  expect(await again[0]).toBe('root')
})

it('asks about the form of an earlier page before it sends a file again', async () => {
  const entry = { folder_id: 'films', name: 'a', size: 3, content_type: '', conflict: 'fail', sha256: '' } as const
  const place = (index: number, name: string): FormPlace => ({ key: 'k', index, count: 2, entry: { ...entry, name } })
  await memory.keepForm([
    { id: 'id of b', place: place(1, 'b') },
    { id: 'id of a', place: place(0, 'a') },
  ])
  thereAtTheEnd = ['a']
  expect(await run(one('a', { form: place(0, 'a') }))).toBe('films')
  expect(await run(one('b', { form: place(1, 'b') }))).toBe('root')
  expect(ended).toEqual([{ key: 'k', names: ['a', 'b'] }])
  expect(alone).toEqual(['b fail'])
})

it('sends a file again if too little is known of its form to ask about it', async () => {
  const entry = { folder_id: 'films', name: 'a', size: 3, content_type: '', conflict: 'fail', sha256: '' } as const
  const place = { key: 'k', index: 0, count: 2, entry }
  await memory.keepForm([{ id: 'id of a', place }])
  expect(await run(one('a', { form: place }))).toBe('root')
  expect(ended).toEqual([])
})

it('tries a file again that storage did not take, in a form of its own key', async () => {
  const both = [run(one('a')), run(one('b'))]
  await settled()
  forms[0]!.answer([failure('passing'), failure('passing')])
  await settled()
  expect(forms).toHaveLength(2)
  expect(forms[1]!.key).not.toBe(forms[0]!.key)
  forms[1]!.answer()
  expect(await Promise.all(both)).toEqual(['root', 'root'])
})

it('drops a cancelled file that still waits', async () => {
  for (let number = 0; number < 300; number += 1) void run(one(`${number}`))
  await settled()
  const cancelling = new AbortController()
  const late = one('late')
  void told(run(late, 'fail', cancelling.signal))
  void run(one('later'))
  void run(one('latest'))
  await settled()
  cancelling.abort(new Error('cancelled'))
  await late.discard()
  forms[0]!.answer()
  await settled()
  expect(forms[3]!.names).toEqual(['later', 'latest'])
})
