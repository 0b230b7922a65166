/** What is chosen in a list, by id. Ranges begin at `anchor`: what was chosen last by itself. */
export interface Selection {
  readonly ids: ReadonlySet<string>
  readonly anchor: string | null
}

export const NOTHING: Selection = { ids: new Set(), anchor: null }

/** With `id` too, or no more. */
export function toggled({ ids }: Selection, id: string): Selection {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return { ids: next, anchor: id }
}

/** From the anchor to `id`, as they stand in `all`, and nothing else; without an anchor, from `from`. */
export function ranged({ anchor }: Selection, all: string[], id: string, from = id): Selection {
  const start = anchor !== null && all.includes(anchor) ? anchor : from
  const [low, high] = [all.indexOf(start), all.indexOf(id)].sort((a, b) => a - b)
  return { ids: new Set(all.slice(low, high! + 1)), anchor: start }
}

/** By its box: it alone, or with Shift all from the anchor to it. */
export function picked(selection: Selection, all: string[], id: string, isRange: boolean): Selection {
  return isRange ? ranged(selection, all, id) : toggled(selection, id)
}

export function everything(all: string[]): Selection {
  return { ids: new Set(all), anchor: all[0] ?? null }
}

/** Without what has gone; the same if nothing has. */
export function kept(selection: Selection, all: string[]): Selection {
  if (!selection.ids.size) return selection
  const there = new Set(all)
  const ids = new Set([...selection.ids].filter((id) => there.has(id)))
  return ids.size === selection.ids.size ? selection : { ...selection, ids }
}
