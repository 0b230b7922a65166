export interface Span {
  /** The first row of it. */
  from: number
  /** The first row after it. */
  to: number
}

interface Place {
  /** How far the list's upper edge lies above the window's, in pixels; negative below it. */
  above: number
  windowHeight: number
  rowHeight: number
  count: number
}

/** Rows that are drawn beyond either edge of the window, so that a quick hand sees no gaps. */
const SPARE = 12

/** Which rows of a long list are worth drawing. */
export function spanInView({ above, windowHeight, rowHeight, count }: Place): Span {
  const from = Math.floor(above / rowHeight) - SPARE
  const to = Math.ceil((above + windowHeight) / rowHeight) + SPARE
  return { from: within(from, count), to: within(to, count) }
}

/** The numbers of the rows of `span`, and of one more that must not go: who has the focus keeps it. */
export function rowsOf({ from, to }: Span, kept: number | null): number[] {
  const rows = Array.from({ length: to - from }, (_, at) => from + at)
  if (kept === null || (kept >= from && kept < to)) return rows
  return kept < from ? [kept, ...rows] : [...rows, kept]
}

function within(row: number, count: number): number {
  return Math.min(Math.max(row, 0), count)
}
