import { expect, it } from 'vitest'
import { actionsFor } from './actions'

const scene = { count: 0, canPaste: false, isEmpty: false }

it('renames and explains one, and never several', () => {
  expect(actionsFor({ ...scene, count: 1 }).flat()).toEqual(expect.arrayContaining(['rename', 'details']))
  const several = actionsFor({ ...scene, count: 2 }).flat()
  expect(several).toEqual(expect.arrayContaining(['download', 'cut', 'copy', 'move', 'copyTo', 'trash']))
  expect(several).not.toEqual(expect.arrayContaining(['rename']))
})

it('offers to paste only what was cut or copied, and to select all only where there is something', () => {
  expect(actionsFor(scene).flat()).toEqual(['newFolder', 'uploadFiles', 'uploadFolder', 'selectAll'])
  expect(actionsFor({ ...scene, canPaste: true, isEmpty: true }).flat()).toContain('paste')
  expect(actionsFor({ ...scene, isEmpty: true }).flat()).not.toContain('selectAll')
})
