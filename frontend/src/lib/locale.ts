let read: () => string | undefined = () => undefined

/** Whoever knows the page's locale says so here; what was formatted by it follows, if `reader` is reactive. */
export function readLocaleFrom(reader: () => string): void {
  read = reader
}

/** For `Intl`; undefined, which means the system's, before anybody has said. */
export function currentLocale(): string | undefined {
  return read()
}
