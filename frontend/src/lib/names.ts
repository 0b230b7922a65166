import type { MessageKey } from '@/locales/messages'

const LONGEST_BYTES = 255

/** What is wrong with a name for a file or folder: a text's key; empty if nothing is. The server decides in the end. */
export function nameObjection(name: string): MessageKey | '' {
  if (!name.trim()) return 'names.missing'
  if (name === '.' || name === '..') return 'names.dots'
  if (name.includes('/')) return 'names.slash'
  if (new TextEncoder().encode(name).length > LONGEST_BYTES) return 'names.tooLong'
  return ''
}

/** How much of a file's name to select for renaming: all but the ending. */
export function stemLength(name: string): number {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? dot : name.length
}
