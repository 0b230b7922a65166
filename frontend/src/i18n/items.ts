import { counted, t } from '.'

/** So many of them, in words. */
export function items(count: number): string {
  return counted('browse.items', count)
}

/** One by its name, several by their number. */
export function itemsOf(nodes: { name: string }[]): string {
  return nodes.length === 1 ? t('browse.quoted', { name: nodes[0]!.name }) : items(nodes.length)
}
