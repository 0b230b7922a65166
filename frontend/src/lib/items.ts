import { formatCount } from './format'

/** So many of them, in words. */
export function items(count: number): string {
  if (!count) return 'nothing'
  return count === 1 ? 'one item' : `${formatCount(count)} items`
}
