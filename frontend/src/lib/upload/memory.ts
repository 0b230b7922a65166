import type { Origin } from './origin'
import type { Conflict, FormEntry } from './ports'

/** Where a file stands among the `count` of a form whose answer has not come. */
export interface FormPlace {
  key: string
  index: number
  count: number
  entry: FormEntry
}

/** Knows of forms on their way what has to be known to ask about them later. */
export interface FormMemory {
  keepForm: (files: { id: string; place: FormPlace }[]) => Promise<void>
  /** They were answered. */
  forgetForm: (ids: string[]) => Promise<void>
  /** The files of a form, in its order, as far as they are known. */
  form: (key: string) => Promise<{ id: string; place: FormPlace }[]>
}

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
  /** While it is on its way in a form. */
  form?: FormPlace
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

export class BrowserMemory implements UploadMemory, FormMemory {
  private opened: Promise<IDBDatabase> | undefined

  async keep(records: Remembered[]): Promise<void> {
    await this.write((store) => records.forEach((record) => store.put(record)))
  }

  change(id: string, change: Partial<Remembered>): Promise<void> {
    return this.changeEach(new Map([[id, change]]))
  }

  private async changeEach(changes: Map<string, { [field in keyof Remembered]?: Remembered[field] | undefined }>) {
    await this.write((store) => {
      for (const [id, change] of changes) {
        const found: IDBRequest<Remembered | undefined> = store.get(id)
        found.onsuccess = () => found.result && store.put({ ...found.result, ...change })
      }
    })
  }

  async keepForm(files: { id: string; place: FormPlace }[]): Promise<void> {
    await this.changeEach(new Map(files.map(({ id, place }) => [id, { form: place }])))
  }

  async forgetForm(ids: string[]): Promise<void> {
    await this.changeEach(new Map(ids.map((id) => [id, { form: undefined }])))
  }

  async form(key: string): Promise<{ id: string; place: FormPlace }[]> {
    const found = (await this.all()).flatMap(({ id, form }) => (form?.key === key ? [{ id, place: form }] : []))
    return found.sort((one, other) => one.place.index - other.place.index)
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
