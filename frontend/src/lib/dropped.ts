export interface Dropped {
  files: File[]
  folderCount: number
}

/** What was dropped. A folder comes as a file that cannot be read, so it is only counted. */
export function droppedFiles(transfer: DataTransfer): Dropped {
  const items = Array.from(transfer.items).filter(({ kind }) => kind === 'file')
  if (!items.length) return { files: Array.from(transfer.files), folderCount: 0 }
  const files = items.filter((item) => !item.webkitGetAsEntry()?.isDirectory)
  return {
    files: files.map((item) => item.getAsFile()).filter((file) => file !== null),
    folderCount: items.length - files.length,
  }
}
