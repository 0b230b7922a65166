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
  /** How many stand side by side. */
  columns?: number
}

/** Drawn beyond either edge of the window, so that a quick hand sees no gaps. */
const SPARE_PIXELS = 640

/** Which of a long list are worth drawing. */
export function spanInView({ above, windowHeight, rowHeight, count, columns = 1 }: Place): Span {
  const spare = Math.ceil(SPARE_PIXELS / rowHeight)
  const from = Math.floor(above / rowHeight) - spare
  const to = Math.ceil((above + windowHeight) / rowHeight) + spare
  return { from: within(from * columns, count), to: within(to * columns, count) }
}

export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

interface Grid {
  rowHeight: number
  columns: number
  columnWidth: number
  count: number
}

/** The numbers of those that a box touches, in pixels from the list's upper left corner. */
export function touched({ left, top, right, bottom }: Box, { rowHeight, columns, columnWidth, count }: Grid): number[] {
  const firstColumn = Math.max(0, Math.floor(left / columnWidth))
  const lastColumn = Math.min(columns - 1, Math.floor(right / columnWidth))
  const firstRow = Math.max(0, Math.floor(top / rowHeight))
  const lastRow = Math.min(Math.ceil(count / columns) - 1, Math.floor(bottom / rowHeight))
  const found: number[] = []
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const at = row * columns + column
      if (at < count) found.push(at)
    }
  }
  return found
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
