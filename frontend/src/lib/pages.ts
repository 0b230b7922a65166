import { randomId } from './ids'

const LOCK = 'stowage-page-'

/** This page, as long as it is open. */
export const pageId = randomId()

let isHeld = false

/** Tells other pages from now on that this one is open. */
export function holdPage(): void {
  if (isHeld || !('locks' in navigator)) return
  isHeld = true
  const forEver = new Promise<never>(() => undefined)
  void navigator.locks.request(LOCK + pageId, () => forEver)
}

/** Resolves when that page is closed; at once where the browser has no locks (plain HTTP), as nobody can tell. */
export async function pageClosed(id: string): Promise<void> {
  if ('locks' in navigator) await navigator.locks.request(LOCK + id, () => undefined)
}
