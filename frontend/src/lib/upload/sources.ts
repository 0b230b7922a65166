import type { Origin } from './origin'
import type { FileSource, FolderSource, Source } from './tree'

/** From a handle, as pickers give it and Chromium's drags. `origin`: the way to it from what was picked. */
export function sourceOfHandle(handle: FileSystemHandle, origin: Origin = { root: handle, path: [] }): Source {
  if (handle.kind === 'file') return fileOfHandle(handle as FileSystemFileHandle, origin)
  return folderOfHandle(handle as FileSystemDirectoryHandle, origin)
}

function fileOfHandle(handle: FileSystemFileHandle, origin: Origin): FileSource {
  return { kind: 'file', name: handle.name, file: () => handle.getFile(), origin }
}

function folderOfHandle(handle: FileSystemDirectoryHandle, { root, path }: Origin): FolderSource {
  return {
    kind: 'folder',
    name: handle.name,
    entries: async function* () {
      for await (const inside of handle.values()) yield sourceOfHandle(inside, { root, path: [...path, inside.name] })
    },
  }
}

/** From an entry, as every browser's drags give it. */
export function sourceOfEntry(entry: FileSystemEntry): Source {
  return entry.isDirectory ? folderOfEntry(entry as FileSystemDirectoryEntry) : fileOfEntry(entry as FileSystemFileEntry)
}

function fileOfEntry(entry: FileSystemFileEntry): FileSource {
  return { kind: 'file', name: entry.name, file: () => new Promise((resolve, reject) => entry.file(resolve, reject)) }
}

function folderOfEntry(entry: FileSystemDirectoryEntry): FolderSource {
  return {
    kind: 'folder',
    name: entry.name,
    entries: async function* () {
      const reader = entry.createReader()
      // A hundred at a time; none left is an empty batch.
      for (;;) {
        const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
        if (!batch.length) return
        yield* batch.map(sourceOfEntry)
      }
    },
  }
}
