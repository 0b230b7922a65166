/** What is chosen in a list, by id. Ranges begin at `anchor`: what was chosen last by itself. */
export interface Selection {
  readonly ids: ReadonlySet<string>
  readonly anchor: string | null
  /** The numbers of the rows between which a range lies: the first, and the one behind the last. */
  readonly reach?: readonly [from: number, to: number]
}

export const NOTHING: Selection = { ids: new Set(), anchor: null }

/** With `id` too, or no more. */
export function toggled({ ids }: Selection, id: string): Selection {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return { ids: next, anchor: id }
}

/** From the anchor to `id`, as they stand in `all`, and nothing else; without an anchor, from `from`. */
export function ranged(selection: Selection, all: string[], id: string, from = id): Selection {
  return reached(selection, all, all.indexOf(id), all.indexOf(from))
}

/** The same by number. */
export function reached({ anchor }: Selection, all: string[], to: number, from: number): Selection {
  const anchorAt = anchor === null ? -1 : all.indexOf(anchor)
  const start = anchorAt < 0 ? from : anchorAt
  const [low, high] = [Math.min(start, to), Math.max(start, to) + 1]
  // Rows that were let go are holes: whoever holds the list adds them.
  const known = all.slice(low, high).filter(() => true)
  return { ids: new Set(known), anchor: all[start] ?? anchor, reach: [low, high] }
}

/** By its box: it alone, or with Shift all from the anchor to it. */
export function picked(selection: Selection, all: string[], id: string, isRange: boolean): Selection {
  return isRange ? ranged(selection, all, id) : toggled(selection, id)
}

/** With more of them. */
export function widened({ ids, anchor }: Selection, more: string[]): Selection {
  return { ids: new Set([...ids, ...more]), anchor: anchor ?? more[0] ?? null }
}

/** Without what has gone; the same if none of it was chosen. */
export function without(selection: Selection, gone: string[]): Selection {
  if (!gone.some((id) => selection.ids.has(id))) return selection
  const ids = new Set(selection.ids)
  gone.forEach((id) => ids.delete(id))
  return { ids, anchor: selection.anchor }
}

export function everything(all: string[]): Selection {
  return widened(NOTHING, all)
}

/** Without what is not in a list that is known as a whole. */
export function kept(selection: Selection, all: string[]): Selection {
  const there = new Set(all)
  return without(selection, [...selection.ids].filter((id) => !there.has(id)))
}
