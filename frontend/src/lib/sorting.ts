export interface Sorting {
  sort: 'name' | 'updated' | 'size'
  order: 'asc' | 'desc'
}

export const BY_NAME: Sorting = { sort: 'name', order: 'asc' }
