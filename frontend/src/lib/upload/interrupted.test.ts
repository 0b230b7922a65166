import { expect, it } from 'vitest'
import { matchPicked } from './interrupted'
import type { Remembered } from './memory'

function remembered(name: string, change: Partial<Remembered> = {}): Remembered {
  const fixed = { pageId: 'p', accountId: 'a', folderId: 'root', folders: [], batch: 'b', conflict: 'fail' } as const
  return { ...fixed, folders: [], id: name, name, sizeBytes: 3, lastModified: 7, ...change }
}

const file = (name: string, lastModified = 7, content = 'abc') => new File([content], name, { lastModified })

it('finds the files that were being sent among those picked again', () => {
  const a = file('a')

  const { found, missing } = matchPicked([remembered('a'), remembered('b')], [file('c'), a])

  expect(found).toEqual([{ record: remembered('a'), file: a }])
  expect(missing.map(({ name }) => name)).toEqual(['b'])
})

it('does not take a file that has changed since for the same', () => {
  expect(matchPicked([remembered('a')], [file('a', 8)]).found).toEqual([])
  expect(matchPicked([remembered('a')], [file('a', 7, 'abcd')]).found).toEqual([])
})
