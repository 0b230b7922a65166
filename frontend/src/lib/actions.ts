/** What can be done in a folder: to one node, to several, or to the folder itself. */
export type Action =
  | 'open'
  | 'download'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'rename'
  | 'move'
  | 'copyTo'
  | 'details'
  | 'trash'
  | 'newFolder'
  | 'uploadFiles'
  | 'uploadFolder'
  | 'selectAll'

const OF_ONE: Action[][] = [['open', 'download'], ['cut', 'copy'], ['rename', 'move', 'copyTo'], ['details'], ['trash']]
const OF_SEVERAL: Action[][] = [['download'], ['cut', 'copy'], ['move', 'copyTo'], ['trash']]
const OF_THE_FOLDER: Action[][] = [['newFolder', 'uploadFiles', 'uploadFolder'], ['paste'], ['selectAll']]

interface Scene {
  /** How many nodes the menu is about; 0: the folder. */
  count: number
  canPaste: boolean
  isEmpty: boolean
}

/** In groups, as a menu shows them. */
export function actionsFor({ count, canPaste, isEmpty }: Scene): Action[][] {
  if (count) return count === 1 ? OF_ONE : OF_SEVERAL
  return OF_THE_FOLDER.filter(([first]) => (first === 'paste' ? canPaste : first !== 'selectAll' || !isEmpty))
}
