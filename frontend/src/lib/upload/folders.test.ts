import { expect, it, vi } from 'vitest'
import { FolderMaker } from './folders'

it('makes a folder after the one above it, and each once however many ask', async () => {
  const make = vi.fn(async (parentId: string, name: string) => `${parentId}/${name}`)
  const folders = new FolderMaker('root', make)

  const ids = await Promise.all([folders.of(['a', 'b']), folders.of(['a', 'b']), folders.of(['a', 'c']), folders.of([])])

  expect(ids).toEqual(['root/a/b', 'root/a/b', 'root/a/c', 'root'])
  expect(make.mock.calls).toEqual([
    ['root', 'a'],
    ['root/a', 'b'],
    ['root/a', 'c'],
  ])
})

it('tries again to make what could not be made', async () => {
  const make = vi.fn(async () => 'id').mockRejectedValueOnce(new Error('no'))
  const folders = new FolderMaker('root', make)
  await expect(folders.of(['a', 'b'])).rejects.toThrow('no')

  await expect(folders.of(['a', 'b'])).resolves.toBe('id')
})

it('does not mix up names that look alike when joined', async () => {
  const folders = new FolderMaker('root', async (parentId, name) => `${parentId}+${name}`)

  expect(await folders.of(['a,b'])).not.toBe(await folders.of(['a', 'b']))
})
