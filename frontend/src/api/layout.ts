/** How folders are shown on this device. */
export type Layout = 'list' | 'grid'

const KEY = 'stowage-layout'

export function chosenLayout(): Layout {
  return localStorage.getItem(KEY) === 'grid' ? 'grid' : 'list'
}

export function rememberLayout(layout: Layout): void {
  if (layout === 'list') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, layout)
}
