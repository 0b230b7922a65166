import type { Origin } from './origin'
import type { Conflict } from './ports'

/** What is kept of an upload on its way, so that it can go on after the page was closed or the browser died. */
export interface Remembered {
  id: string
  /** The page that sends it. */
  pageId: string
  accountId: string
  /** Where the whole of it goes, and the folders below that. */
  folderId: string
  folders: string[]
  batch: string
  name: string
  sizeBytes: number
  lastModified: number
  conflict: Conflict
  /** Once the server knows it. */
  uploadId?: string
  /** Where the browser can open the file by itself again. */
  origin?: Origin | undefined
}

/** Keeps as well as it can: an upload does not fail because nothing can be kept, as in a private window. */
export interface UploadMemory {
  keep: (records: Remembered[]) => Promise<void>
  change: (id: string, change: Partial<Remembered>) => Promise<void>
  forget: (ids: string[]) => Promise<void>
  all: () => Promise<Remembered[]>
}

const NAME = 'stowage-uploads'
const STORE = 'uploads'

export class BrowserMemory implements UploadMemory {
  private opened: Promise<IDBDatabase> | undefined

  async keep(records: Remembered[]): Promise<void> {
    await this.write((store) => records.forEach((record) => store.put(record)))
  }

  async change(id: string, change: Partial<Remembered>): Promise<void> {
    await this.write((store) => {
      const found: IDBRequest<Remembered | undefined> = store.get(id)
      found.onsuccess = () => found.result && store.put({ ...found.result, ...change })
    })
  }

  async forget(ids: string[]): Promise<void> {
    await this.write((store) => ids.forEach((id) => store.delete(id)))
  }

  async all(): Promise<Remembered[]> {
    try {
      const database = await this.open()
      return await answerOf<Remembered[]>(database.transaction(STORE).objectStore(STORE).getAll())
    } catch {
      return []
    }
  }

  private async write(change: (store: IDBObjectStore) => void): Promise<void> {
    try {
      const transaction = (await this.open()).transaction(STORE, 'readwrite')
      change(transaction.objectStore(STORE))
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve()
        transaction.onabort = transaction.onerror = () => reject(transaction.error!)
      })
    } catch {
      // Said at UploadMemory.
    }
  }

  private open(): Promise<IDBDatabase> {
    if (this.opened) return this.opened
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' })
    return (this.opened = answerOf(request))
  }
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error!)
  })
}
