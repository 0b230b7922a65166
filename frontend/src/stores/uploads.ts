import { defineStore } from 'pinia'
import { computed, reactive, ref } from 'vue'
import { Problem, problemFrom } from '@/api/problem'
import { putPart, StorageRefusal } from '@/api/storage'
import * as uploads from '@/api/uploads'
import { FileUnreadable, Hasher } from '@/lib/hashing/protocol'
import { randomId } from '@/lib/ids'
import { pauseUntilOnline } from '@/lib/pause'
import { Lanes } from '@/lib/upload/lanes'
import type { Conflict, Ports } from '@/lib/upload/ports'
import { isOpen, UploadQueue, type Ending, type UploadItem } from '@/lib/upload/queue'
import { Transfer, UploadFailed } from '@/lib/upload/transfer'

const PARTS_AT_ONCE = 4
const HASHERS = 2

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
  const { code, detail, requestId } = problemFrom(error)
  return { state: code === 'name_taken' ? 'conflict' : 'failed', detail, requestId }
}

/** Files on their way to the drive; they go on whatever page is shown. */
export const useUploads = defineStore('uploads', () => {
  const items = reactive<UploadItem[]>([])
  /** The folder of the file that arrived last; counts, so that two in a row are two. */
  const arrived = ref({ folderId: '', count: 0 })
  const lanes = new Lanes(PARTS_AT_ONCE)
  let hasher: Hasher | undefined

  const ports: Ports = {
    server,
    put: putPart,
    hash: (body) => (hasher ??= newHasher()).hash(body),
    isPassing,
    pause: pauseUntilOnline,
  }

  const queue = new UploadQueue(items, {
    begin: (file, item, onProgress) => new Transfer(file, item, ports, lanes, onProgress),
    explain,
    onDone: ({ folderId }) => (arrived.value = { folderId, count: arrived.value.count + 1 }),
    newId: randomId,
  })

  const openCount = computed(() => items.filter(isOpen).length)

  function add(files: File[], folderId: string): void {
    for (const file of files) void queue.add(file, folderId)
  }

  function again(id: string, conflict?: Conflict): void {
    void queue.again(id, conflict)
  }

  function cancel(id: string): void {
    void queue.cancel(id)
  }

  return { items, arrived, openCount, add, again, cancel, clear: () => queue.clear() }
})
