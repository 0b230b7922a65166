const LONGEST_BYTES = 255

/** What is wrong with a name for a file or folder, in words; empty if nothing is. The server decides in the end. */
export function nameObjection(name: string): string {
  if (!name.trim()) return 'A name is needed.'
  if (name === '.' || name === '..') return 'This name stands for a folder.'
  if (name.includes('/')) return 'A name holds no slash.'
  if (new TextEncoder().encode(name).length > LONGEST_BYTES) return 'This name is too long.'
  return ''
}

/** How much of a file's name to select for renaming: all but the ending. */
export function stemLength(name: string): number {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? dot : name.length
}
