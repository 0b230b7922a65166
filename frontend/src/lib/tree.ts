export interface Branch {
  id: string
  name: string
}

/** One line of a tree as it is drawn. */
export interface TreeLine extends Branch {
  /** 1 is the root's. */
  level: number
  parentId: string | null
  /** Its place among its siblings, from 1, and how many they are. */
  place: number
  siblings: number
  /** null: nothing is below it. */
  isOpen: boolean | null
}

interface Tree {
  root: Branch
  /** What is below a folder; not there as long as nobody has asked. */
  children: ReadonlyMap<string, Branch[]>
  open: ReadonlySet<string>
}

/** The lines from the top down, as far as branches are open. */
export function linesOf({ root, children, open }: Tree): TreeLine[] {
  const lines: TreeLine[] = []
  function add(branch: Branch, parentId: string | null, level: number, place: number, siblings: number): void {
    const below = children.get(branch.id)
    const isOpen = below?.length === 0 ? null : open.has(branch.id)
    lines.push({ ...branch, level, parentId, place, siblings, isOpen })
    if (isOpen) below?.forEach((child, at) => add(child, branch.id, level + 1, at + 1, below.length))
  }
  add(root, null, 1, 1, 1)
  return lines
}

export type TreeStep = { go: number } | { open: string } | { close: string }

/** What a key means to a tree, by the pattern of WAI-ARIA; `at`: the line that has the focus. */
export function treeStep(key: string, lines: TreeLine[], at: number): TreeStep | undefined {
  const line = lines[at]
  if (!line) return undefined
  switch (key) {
    case 'ArrowDown':
      return { go: Math.min(at + 1, lines.length - 1) }
    case 'ArrowUp':
      return { go: Math.max(at - 1, 0) }
    case 'Home':
      return { go: 0 }
    case 'End':
      return { go: lines.length - 1 }
    case 'ArrowRight':
      if (line.isOpen === false) return { open: line.id }
      return line.isOpen && lines[at + 1]?.parentId === line.id ? { go: at + 1 } : undefined
    case 'ArrowLeft':
      if (line.isOpen) return { close: line.id }
      return line.parentId === null ? undefined : { go: lines.findIndex(({ id }) => id === line.parentId) }
    default:
      return key.length === 1 && key !== ' ' ? { go: named(key, lines, at) } : undefined
  }
}

/** The next one whose name begins so. */
function named(letter: string, lines: TreeLine[], at: number): number {
  const wanted = letter.toLocaleLowerCase()
  const begins = ({ name }: TreeLine) => name.toLocaleLowerCase().startsWith(wanted)
  const after = lines.findIndex((line, there) => there > at && begins(line))
  const first = after < 0 ? lines.findIndex(begins) : after
  return first < 0 ? at : first
}
