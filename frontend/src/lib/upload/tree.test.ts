import { expect, it } from 'vitest'
import { treeOfFiles, walk, type Source } from './tree'

const file = (name: string): Source => ({ kind: 'file', name, file: async () => new File(['x'], name) })

function folder(name: string, ...inside: Source[]): Source {
  return {
    kind: 'folder',
    name,
    entries: async function* () {
      yield* inside
    },
  }
}

const paths = (files: { file: File; folders: string[] }[]) =>
  files.map(({ file: { name }, folders }) => [...folders, name].join('/'))

it('finds every file, and the folders that lead to it', async () => {
  const { files } = await walk([file('a'), folder('films', file('b'), folder('old', file('c')))])

  expect(paths(files)).toEqual(['a', 'films/b', 'films/old/c'])
})

it('keeps empty folders, at the top and deep down', async () => {
  const { emptyFolders } = await walk([folder('empty'), folder('films', file('b'), folder('old', folder('older')))])

  expect(emptyFolders).toEqual([['empty'], ['films', 'old', 'older']])
})

it('takes the folders of a picked folder from the paths of its files', () => {
  const inside = Object.defineProperty(new File(['x'], 'b'), 'webkitRelativePath', { value: 'films/old/b' })
  const alone = Object.defineProperty(new File(['x'], 'a'), 'webkitRelativePath', { value: '' })

  expect(paths(treeOfFiles([alone, inside]).files)).toEqual(['a', 'films/old/b'])
})
