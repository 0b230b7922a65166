import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { useSequence } from './sequence'

beforeEach(() => setActivePinia(createPinia()))

it('finds what lies before and after a file, past the folders', () => {
  const sequence = useSequence()
  sequence.show([
    { id: 'folder', kind: 'folder' },
    { id: 'a', kind: 'file' },
    { id: 'b', kind: 'file' },
  ])

  expect(sequence.beside('a')).toEqual({ before: '', after: 'b' })
  expect(sequence.beside('b')).toEqual({ before: 'a', after: '' })
  expect(sequence.beside('elsewhere')).toEqual({ before: '', after: '' })
})
