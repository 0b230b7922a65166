const STEPS: Record<string, (at: number, count: number, page: number) => number> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at, _, page) => at + page,
  PageUp: (at, _, page) => at - page,
  Home: () => 0,
  End: (_, count) => count - 1,
}

interface Walk {
  /** The row that one comes from. */
  at: number
  count: number
  /** Rows in a screenful. */
  page: number
}

/** The row that a key leads to in a list, if it is a key that moves. */
export function neighbour(key: string, { at, count, page }: Walk): number | undefined {
  const step = STEPS[key]
  return step && Math.min(Math.max(step(at, count, page), 0), count - 1)
}
