interface Walk {
  /** The one that one comes from. */
  at: number
  count: number
  /** Lines in a screenful. */
  page: number
  /** How many stand side by side. */
  columns?: number
}

type Step = (walk: Required<Walk>) => number

const ALONG: Record<string, Step> = {
  ArrowDown: ({ at, count, columns }) => down(at, columns, count, columns),
  ArrowUp: ({ at, columns }) => up(at, columns, columns),
  PageDown: ({ at, count, page, columns }) => down(at, page * columns, count, columns),
  PageUp: ({ at, page, columns }) => up(at, page * columns, columns),
  Home: () => 0,
  End: ({ count }) => count - 1,
}
const ASIDE: Record<string, Step> = { ArrowRight: ({ at }) => at + 1, ArrowLeft: ({ at }) => at - 1 }

/** Where a key leads to in a list, if it is a key that moves. */
export function neighbour(key: string, { at, count, page, columns = 1 }: Walk): number | undefined {
  const step = ALONG[key] ?? (columns > 1 ? ASIDE[key] : undefined)
  return step && Math.min(Math.max(step({ at, count, page, columns }), 0), count - 1)
}

/** By whole lines: who stands in the last one stays. */
function down(at: number, by: number, count: number, columns: number): number {
  const isInLastLine = Math.floor(at / columns) === Math.floor((count - 1) / columns)
  return isInLastLine ? at : at + by
}

function up(at: number, by: number, columns: number): number {
  return at < columns ? at : Math.max(at - by, at % columns)
}
