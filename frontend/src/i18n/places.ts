import type { PlacedNode } from '@/api/nodes'
import { t } from '.'

/** Where it lies, as a path of names. */
export function pathOf({ ancestors }: Pick<PlacedNode, 'ancestors'>): string {
  const [, ...folders] = ancestors ?? []
  return pathOfNames(folders.map(({ name }) => name))
}

/** The folder that it was in before it was deleted; `original_path` is its own. */
export function formerPlaceOf({ original_path }: { original_path: string }): string {
  return pathOfNames(original_path.split('/').slice(0, -1).filter(Boolean))
}

function pathOfNames(names: string[]): string {
  return [t('shell.files'), ...names].join(' / ')
}
