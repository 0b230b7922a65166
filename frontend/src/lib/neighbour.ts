const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
}

/** Where a key leads in a list: the element to focus, if this key moves and one of `elements` has the focus. */
export function neighbour<T>(elements: T[], focused: unknown, key: string): T | undefined {
  const at = elements.indexOf(focused as T)
  const step = STEPS[key]
  return at < 0 || !step ? undefined : elements[step(at, elements.length)]
}
