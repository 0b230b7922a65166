import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { useSorting } from './sorting'

beforeEach(() => setActivePinia(createPinia()))

it('begins by name, and shows the newest and the largest first', () => {
  const sorting = useSorting()
  expect(sorting.current).toEqual({ sort: 'name', order: 'asc' })

  sorting.by('updated')
  expect(sorting.current).toEqual({ sort: 'updated', order: 'desc' })

  sorting.by('size')
  expect(sorting.current).toEqual({ sort: 'size', order: 'desc' })
})

it('turns round when it is asked for the same again', () => {
  const sorting = useSorting()

  sorting.by('name')
  expect(sorting.current).toEqual({ sort: 'name', order: 'desc' })

  sorting.by('name')
  expect(sorting.current).toEqual({ sort: 'name', order: 'asc' })
})
