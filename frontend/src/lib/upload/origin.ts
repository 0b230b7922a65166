/** Where a file came from, in a form that outlives the page: what was picked, and the way from there. */
export interface Origin {
  root: FileSystemHandle
  /** Names below `root`, the file's own last; none if `root` is the file. */
  path: string[]
}

type Asking = FileSystemHandle & {
  queryPermission: (mode: { mode: 'read' }) => Promise<PermissionState>
  requestPermission: (mode: { mode: 'read' }) => Promise<PermissionState>
}

/** The file as it is now; null if it is gone or may not be read. May ask the person, so a click must lead here. */
export async function reopen({ root, path }: Origin): Promise<File | null> {
  try {
    if (!(await mayRead(root as Asking))) return null
    return await (await fileAt(root, path)).getFile()
  } catch {
    return null
  }
}

async function mayRead(handle: Asking): Promise<boolean> {
  const mode = { mode: 'read' } as const
  if ((await handle.queryPermission(mode)) === 'granted') return true
  return (await handle.requestPermission(mode)) === 'granted'
}

async function fileAt(root: FileSystemHandle, path: string[]): Promise<FileSystemFileHandle> {
  const name = path.at(-1)
  if (name === undefined) return root as FileSystemFileHandle
  let folder = root as FileSystemDirectoryHandle
  for (const each of path.slice(0, -1)) folder = await folder.getDirectoryHandle(each)
  return folder.getFileHandle(name)
}
