import { sourceOfEntry, sourceOfHandle } from './upload/sources'
import type { Source } from './upload/tree'

/** Whether files are carried, and not a text or a row of the page. */
export function carriesFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes('Files') ?? false
}

/** What was dropped or pasted. All is taken in hand at once: after the event the browser takes it back. */
export function droppedSources(transfer: DataTransfer): AsyncIterable<Source> {
  const items = Array.from(transfer.items).filter(({ kind }) => kind === 'file')
  const taken = items.map(take)
  return resolved(taken)
}

async function* resolved(taken: Promise<Source | null>[]): AsyncIterable<Source> {
  for (const each of taken) {
    const source = await each
    if (source) yield source
  }
}

async function take(item: DataTransferItem): Promise<Source | null> {
  const entry = item.webkitGetAsEntry()
  const file = item.getAsFile()
  // Not for what has no place on a disk, such as a picture from the clipboard.
  const handle = await item.getAsFileSystemHandle?.().catch(() => null)
  if (handle) return sourceOfHandle(handle)
  if (entry) return sourceOfEntry(entry)
  return file && { kind: 'file', name: file.name, file: async () => file }
}
