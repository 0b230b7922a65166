import { defineStore } from 'pinia'
import { computed, reactive, ref, toRaw, watch } from 'vue'
import { ensureFolder } from '@/api/folders'
import { randomId } from '@/lib/ids'
import { holdPage, pageId } from '@/lib/pages'
import { FolderMaker } from '@/lib/upload/folders'
import type { Found } from '@/lib/upload/interrupted'
import { Lanes } from '@/lib/upload/lanes'
import { BrowserMemory, type Remembered } from '@/lib/upload/memory'
import { Pace } from '@/lib/upload/pace'
import type { Observer } from '@/lib/upload/ports'
import { isOpen, UploadQueue, type Answer, type Sender, type UploadItem } from '@/lib/upload/queue'
import { StorageReach } from '@/lib/upload/reach'
import { SmallFile } from '@/lib/upload/smallFile'
import { SMALL_BYTES, SmallFiles } from '@/lib/upload/smallFiles'
import { emptyTally, openCount as openCountOf } from '@/lib/upload/tally'
import { Transfer } from '@/lib/upload/transfer'
import type { PickedFile, Tree } from '@/lib/upload/tree'
import { rowsOf } from '@/lib/upload/rows'
import { useSession } from './session'
import { explain, ports } from './uploadPorts'

const PARTS_AT_ONCE = 4
const SAMPLE_MILLISECONDS = 1000

type Tell = Omit<Observer, 'onStart'>

/** Shared with whoever offers to go on with what was interrupted. */
export const memory = new BrowserMemory()

/** Files and folders on their way to the drive; they go on whatever page is shown. */
export const useUploads = defineStore('uploads', () => {
  const session = useSession()
  const items = reactive<UploadItem[]>([])
  const tally = reactive(emptyTally())
  /** The folder of the file that arrived last; counts, so that two in a row are two. */
  const arrived = ref({ folderId: '', count: 0 })
  const bytesPerSecond = ref(0)
  const small = new SmallFiles(ports, memory)
  const shared = { lanes: new Lanes(PARTS_AT_ONCE), reach: new StorageReach(ports.now) }
  const pace = new Pace()
  let ownerId = ''

  const queue = new UploadQueue(items, tally, {
    explain,
    onDone: (_, folderId) => (arrived.value = { folderId, count: arrived.value.count + 1 }),
    onGone: (ids) => void memory.forget(ids),
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
    const found = tree.files.map((picked) => ({ record: recordOf(picked, folderId, batch), file: picked.file }))
    send(found, () => folders)
  }

  /** Goes on with what another page began. */
  function resume(found: Found[]): void {
    const makers = new Map<string, FolderMaker>()
    const mine = found.map(({ record, file }) => ({ record: { ...record, pageId }, file }))
    send(mine, ({ batch, folderId }) => {
      const folders = makers.get(batch) ?? new FolderMaker(folderId, ensureFolder)
      makers.set(batch, folders)
      return folders
    })
  }

  function recordOf({ file, folders, origin }: PickedFile, folderId: string, batch: string): Remembered {
    const { name, size: sizeBytes, lastModified } = file
    const accountId = session.account?.id ?? ''
    const told = { pageId, accountId, folderId, folders, batch, origin: toRaw(origin) }
    return { id: randomId(), name, sizeBytes, lastModified, conflict: 'fail', ...told }
  }

  function send(found: Found[], foldersOf: (record: Remembered) => FolderMaker): void {
    holdPage()
    ownerId = session.account?.id ?? ''
    void memory.keep(found.map(({ record }) => record))
    for (const { record, file } of found) void queue.add(record, (tell) => sender(record, file, foldersOf(record), tell))
  }

  function sender(record: Remembered, file: File, folders: FolderMaker, tell: Tell): Sender {
    if (file.size > SMALL_BYTES || record.uploadId) return alone(record, file, folders, tell)
    const { id, name, form } = record
    const target = { id, name, form, folder: () => folders.of(record.folders) }
    const one = new SmallFile(file, target, ports, small, tell, () => alone(record, file, folders, tell))
    return { isLight: true, run: (...asked) => one.run(...asked), discard: () => one.discard() }
  }

  function alone(record: Remembered, file: File, folders: FolderMaker, tell: Tell): Sender {
    const { id, name, uploadId } = record
    const target = { id, name, uploadId, folder: () => folders.of(record.folders) }
    const onStart: Observer['onStart'] = (started, conflict) => void memory.change(id, { uploadId: started, conflict })
    const transfer = new Transfer(file, target, ports, shared, { ...tell, onStart })
    return {
      run: async (conflict, signal) => (await transfer.run(conflict, signal)).folder_id,
      discard: () => transfer.discard(),
    }
  }

  function addFolder(path: string[], folders: FolderMaker, batch: string): void {
    const place = { name: path.at(-1)!, folders: path.slice(0, -1) }
    void queue.add({ id: randomId(), ...place, sizeBytes: 0, batch, conflict: 'fail' }, () => ({
      run: async () => {
        await folders.of(path)
        return folders.of(place.folders)
      },
      discard: () => Promise.resolve(),
    }))
  }

  function withState(state: UploadItem['state']): string[] {
    return items.filter((item) => item.state === state).map(({ id }) => id)
  }

  function again(id: string): void {
    void queue.again(id)
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

  // Whoever signs in again goes on; for somebody else they are none of their business.
  watch(
    () => session.account?.id,
    (id) => {
      if (id === ownerId) items.filter((item) => item.state === 'paused' && item.why).forEach((item) => again(item.id))
      else if (id) queue.leave()
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
    resume,
    again,
    cancel: (id: string) => void queue.cancel(id),
    pause: (id: string) => queue.pause(id),
    answer: (id: string, answer: Answer, forAll: boolean) => queue.answer(id, answer, forAll),
    pauseAll: () => items.filter(isOpen).forEach(({ id }) => queue.pause(id)),
    resumeAll: () => withState('paused').forEach(again),
    retryAll: () => withState('failed').forEach(again),
    clear: () => queue.clear(),
  }
})
