/** A part of a long list, as it was read at once. Its rows may have been let go; where it begins is kept. */
export interface Stretch<T> {
  /** Where to read it; null: at the beginning. */
  cursor: string | null
  /** How many rows it had when it was read. */
  count: number
  /** The ids of its last rows: where reading it anew may end. */
  tail: string
  rows: T[] | null
}

/** A list as it is known: its parts, and where it goes on; null: it ends. */
export interface Known<T> {
  stretches: Stretch<T>[]
  next: string | null
}

export interface Identified {
  id: string
}

/** What of a list is wanted at hand, in rows' numbers: all around what is seen, and single ones wherever they are. */
export interface Sight {
  from: number
  to: number
  pins: number[]
}

const TAIL_ROWS = 2
/** Rows that are further away from what is seen are let go. */
const KEPT_ROWS = 3000
/** Rows that are nearer are read before they are seen. */
const AHEAD_ROWS = 200
const BESIDE_PIN_ROWS = 20

export function stretch<T extends Identified>(cursor: string | null, rows: T[]): Stretch<T> {
  return { cursor, count: rows.length, tail: tailOf(rows), rows }
}

export function tailOf(rows: Identified[], end = rows.length): string {
  return rows
    .slice(Math.max(0, end - TAIL_ROWS), end)
    .map(({ id }) => id)
    .join()
}

/**
 * How many of `rows`, which were read from where a stretch begins, are up to its end, that is up to its `tail` or to
 * what `follows`; -1: it is not among them. Single rows would not tell: they may have come to stand elsewhere.
 */
export function endAt(rows: Identified[], tail: string, follows: Identified[] | null): number {
  const last = rows.findIndex(({ id }) => id === tail.split(',').at(-1)) + 1
  if (last && tailOf(rows, last) === tail) return last
  const head = follows?.slice(0, TAIL_ROWS) ?? []
  const start = head.length ? rows.findIndex(({ id }) => id === head[0]!.id) : -1
  return start >= 0 && head.every(({ id }, at) => rows[start + at]?.id === id) ? start : -1
}

/** Pages as stretches, of which so many rows are taken. */
export function cut<T extends Identified>(pages: { cursor: string | null; items: T[] }[], count: number): Stretch<T>[] {
  let left = count
  return pages.flatMap(({ cursor, items }) => {
    const rows = items.slice(0, left)
    left -= rows.length
    return rows.length ? [stretch(cursor, rows)] : []
  })
}

/** All rows by number. Those that were let go are holes, which `map`, `filter`, `forEach` and `indexOf` leave out. */
export function flat<T>(stretches: readonly Stretch<T>[]): T[] {
  const all: T[] = []
  let at = 0
  for (const { rows, count } of stretches) {
    rows?.forEach((row, number) => (all[at + number] = row))
    at += count
    all.length = at
  }
  return all
}

/** The number of the first row of each. */
function* places<T>(stretches: readonly Stretch<T>[]): Generator<{ each: Stretch<T>; at: number; from: number }> {
  let from = 0
  for (const [at, each] of stretches.entries()) {
    yield { each, at, from }
    from += each.count
  }
}

function isNear(from: number, count: number, { from: first, to, pins }: Sight, rows: number): boolean {
  const touches = (low: number, high: number) => from < high && from + count > low
  return touches(first - rows, to + rows) || pins.some((pin) => touches(pin - BESIDE_PIN_ROWS, pin + BESIDE_PIN_ROWS + 1))
}

/** Without the rows of those that are far from what is seen; the same if there are none. */
export function lightened<T>(stretches: Stretch<T>[], sight: Sight): Stretch<T>[] {
  const far = new Set<number>()
  for (const { each, at, from } of places(stretches)) {
    if (each.rows && !isNear(from, each.count, sight, KEPT_ROWS)) far.add(at)
  }
  return far.size ? stretches.map((each, at) => (far.has(at) ? { ...each, rows: null } : each)) : stretches
}

/** The number of one whose rows are wanted and were let go, what is seen first; -1: there is none. */
export function lacking<T>(stretches: readonly Stretch<T>[], sight: Sight): number {
  for (const rows of [0, AHEAD_ROWS]) {
    for (const { each, at, from } of places(stretches)) {
      if (!each.rows && isNear(from, each.count, rows ? sight : { ...sight, pins: [] }, rows)) return at
    }
  }
  return -1
}

/** The numbers of the first and the last of those that `from` to `to` reaches into, and how many rows are before. */
export function reaching<T>(stretches: readonly Stretch<T>[], from: number, to: number) {
  const found = [...places(stretches)].filter((place) => place.from < to && place.from + place.each.count > from)
  return { first: found[0]?.at ?? 0, last: found.at(-1)?.at ?? -1, before: found[0]?.from ?? 0 }
}

/** Those that follow each other and have their rows: the numbers of the first and the last of each such run. */
export function runs<T>(stretches: readonly Stretch<T>[]): [first: number, last: number][] {
  const found: [number, number][] = []
  stretches.forEach(({ rows }, at) => {
    const last = found.at(-1)
    if (!rows) return
    if (last?.[1] === at - 1) last[1] = at
    else found.push([at, at])
  })
  return found
}
