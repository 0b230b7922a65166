import type { Origin } from './origin'

/** A file or folder as the browser hands it over, before it is looked into. */
export type Source = FileSource | FolderSource

export interface FileSource {
  kind: 'file'
  name: string
  file: () => Promise<File>
  /** Where the browser can tell. */
  origin?: Origin
}

export interface FolderSource {
  kind: 'folder'
  name: string
  entries: () => AsyncIterable<Source>
}

/** A file, and the names of the folders above it, from where it was picked. */
export interface PickedFile {
  file: File
  folders: string[]
  origin?: Origin | undefined
}

export interface Tree {
  files: PickedFile[]
  /** Folders with nothing in them, which no file leads to. */
  emptyFolders: string[][]
}

/** All that is in `sources`, however deep. */
export async function walk(sources: Iterable<Source> | AsyncIterable<Source>): Promise<Tree> {
  const tree: Tree = { files: [], emptyFolders: [] }
  await collect(sources, [], tree)
  return tree
}

/** How many entries there were. */
async function collect(
  sources: Iterable<Source> | AsyncIterable<Source>,
  folders: string[],
  tree: Tree,
): Promise<number> {
  let count = 0
  for await (const source of sources) {
    count += 1
    if (source.kind === 'file') {
      tree.files.push({ file: await source.file(), folders, origin: source.origin })
      continue
    }
    const path = [...folders, source.name]
    if (!(await collect(source.entries(), path, tree))) tree.emptyFolders.push(path)
  }
  return count
}

/** Files as a form field gives them: a folder's carry their path, and empty folders are left out by the browser. */
export function treeOfFiles(files: File[]): Tree {
  const picked = files.map((file) => ({ file, folders: file.webkitRelativePath.split('/').slice(0, -1) }))
  return { files: picked, emptyFolders: [] }
}
