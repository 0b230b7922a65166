import { defineStore } from 'pinia'
import { computed, reactive, ref, toRaw, watch } from 'vue'
import { ensureFolder } from '@/api/folders'
import { Problem, problemFrom } from '@/api/problem'
import { putPart, StorageRefusal } from '@/api/storage'
import * as uploads from '@/api/uploads'
import { FileUnreadable, Hasher } from '@/lib/hashing/protocol'
import { randomId } from '@/lib/ids'
import { pauseUntilOnline } from '@/lib/pause'
import { FolderMaker } from '@/lib/upload/folders'
import { Lanes } from '@/lib/upload/lanes'
import { Pace } from '@/lib/upload/pace'
import type { Ports } from '@/lib/upload/ports'
import { isOpen, UploadQueue, type Answer, type Ending, type UploadItem } from '@/lib/upload/queue'
import { reasonFor } from '@/lib/upload/reasons'
import { emptyTally, openCount as openCountOf } from '@/lib/upload/tally'
import { Transfer, UploadFailed } from '@/lib/upload/transfer'
import type { PickedFile, Tree } from '@/lib/upload/tree'
import { rowsOf } from '@/lib/upload/words'

const PARTS_AT_ONCE = 4
const HASHERS = 2
const SAMPLE_MILLISECONDS = 1000

const server: Ports['server'] = {
  start: uploads.startUpload,
  sign: uploads.signPart,
  report: uploads.reportParts,
  complete: uploads.completeUpload,
  abort: uploads.abortUpload,
}

function newHasher(): Hasher {
  const workers = Array.from(
    { length: HASHERS },
    () => new Worker(new URL('@/lib/hashing/worker.ts', import.meta.url), { type: 'module' }),
  )
  return new Hasher(workers)
}

function isPassing(error: unknown): boolean {
  if (error instanceof StorageRefusal) return error.kind === 'interrupted'
  return error instanceof Problem && error.isPassing
}

function explain(error: unknown): Ending {
  if (error instanceof StorageRefusal || error instanceof UploadFailed || error instanceof FileUnreadable) {
    return { state: 'failed', detail: error.message, requestId: '' }
  }
  const problem = problemFrom(error)
  const { code, requestId } = problem
  return { state: code === 'name_taken' ? 'conflict' : 'failed', detail: reasonFor(problem), requestId }
}

/** Files and folders on their way to the drive; they go on whatever page is shown. */
export const useUploads = defineStore('uploads', () => {
  const items = reactive<UploadItem[]>([])
  const tally = reactive(emptyTally())
  /** The folder of the file that arrived last; counts, so that two in a row are two. */
  const arrived = ref({ folderId: '', count: 0 })
  const bytesPerSecond = ref(0)
  const lanes = new Lanes(PARTS_AT_ONCE)
  const pace = new Pace()
  let hasher: Hasher | undefined

  const ports: Ports = {
    server,
    put: putPart,
    hash: (body) => (hasher ??= newHasher()).hash(body),
    isPassing,
    pause: pauseUntilOnline,
  }

  const queue = new UploadQueue(items, tally, {
    explain,
    onDone: (_, folderId) => (arrived.value = { folderId, count: arrived.value.count + 1 }),
  })

  const openCount = computed(() => openCountOf(tally))
  /** Whichever tell most: not all of thousands. Walks the bare items, whose every change moves the tally. */
  const rows = computed(() => {
    void Object.values(tally.byState)
    return rowsOf(toRaw(items)).map((item) => reactive(item))
  })
  const conflicts = computed(() => (tally.byState.conflict ? items.filter(({ state }) => state === 'conflict') : []))

  function add(tree: Tree, folderId: string): void {
    const batch = randomId()
    const folders = new FolderMaker(folderId, ensureFolder)
    for (const path of tree.emptyFolders) addFolder(path, folders, batch)
    for (const picked of tree.files) addFile(picked, folders, batch)
  }

  function addFile({ file, folders: path }: PickedFile, folders: FolderMaker, batch: string): void {
    const id = randomId()
    const target = { id, name: file.name, folder: () => folders.of(path) }
    void queue.add({ id, name: file.name, folders: path, sizeBytes: file.size, batch }, (onProgress) => {
      const transfer = new Transfer(file, target, ports, lanes, onProgress)
      return {
        run: async (conflict, signal) => (await transfer.run(conflict, signal)).folder_id,
        discard: () => transfer.discard(),
      }
    })
  }

  function addFolder(path: string[], folders: FolderMaker, batch: string): void {
    const place = { name: path.at(-1)!, folders: path.slice(0, -1) }
    void queue.add({ id: randomId(), ...place, sizeBytes: 0, batch }, () => ({
      run: async () => {
        await folders.of(path)
        return folders.of(path.slice(0, -1))
      },
      discard: () => Promise.resolve(),
    }))
  }

  function withState(...states: UploadItem['state'][]): string[] {
    return items.filter(({ state }) => states.includes(state)).map(({ id }) => id)
  }

  function again(id: string): void {
    void queue.again(id)
  }

  function cancel(id: string): void {
    void queue.cancel(id)
  }

  function sample(): void {
    pace.note(performance.now(), tally.sentBytes)
    bytesPerSecond.value = pace.bytesPerSecond
  }

  watch(
    () => openCount.value > 0,
    (isMoving, _, onCleanup) => {
      pace.rest()
      bytesPerSecond.value = 0
      if (!isMoving) return
      const timer = setInterval(sample, SAMPLE_MILLISECONDS)
      onCleanup(() => clearInterval(timer))
    },
  )

  return {
    tally,
    rows,
    conflicts,
    arrived,
    openCount,
    bytesPerSecond,
    add,
    again,
    cancel,
    pause: (id: string) => queue.pause(id),
    answer: (id: string, answer: Answer, forAll: boolean) => queue.answer(id, answer, forAll),
    pauseAll: () => items.filter(isOpen).forEach(({ id }) => queue.pause(id)),
    resumeAll: () => withState('paused').forEach(again),
    retryAll: () => withState('failed').forEach(again),
    clear: () => queue.clear(),
  }
})
