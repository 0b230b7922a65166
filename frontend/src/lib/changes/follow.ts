/** What one transaction changed, and the place behind it. */
export interface Placed {
  cursor: string
}

export interface Page<Entry> {
  items: Entry[]
  next_cursor: string
  more: boolean
}

export interface News<Entry> {
  entries: Entry[]
  /** Where to go on. */
  cursor: string
  /** What happened before is not known: whatever is shown may be old. */
  isAnew: boolean
}

export interface Ports<Entry> {
  /** What happened since; without a cursor: nothing, and where one is now. */
  since: (cursor: string, signal: AbortSignal) => Promise<Page<Entry>>
  /** Hands out what happens, until the stream ends in whatever way; whether it had begun. Never rejects. */
  listen: (cursor: string, onEntry: (entry: Entry) => void, signal: AbortSignal) => Promise<boolean>
  /** `again` later; `anew` without the cursor, which is good for nothing any more; `over` never. */
  judge: (error: unknown) => 'again' | 'anew' | 'over'
  /** Rejects when aborted. */
  pause: (attempt: number, signal: AbortSignal) => Promise<void>
}

interface Following<Entry> {
  cursor: string
  onNews: (news: News<Entry>) => void
  signal: AbortSignal
}

/**
 * Tells of everything that happens, once and in order, until it is aborted or may not go on. Each time it comes back,
 * it first asks for what it has missed: that also renews the session, whose end a stream cannot tell from others.
 */
export async function follow<Entry extends Placed>(
  ports: Ports<Entry>,
  { cursor: start, onNews, signal }: Following<Entry>,
): Promise<void> {
  let cursor = start
  let attempt = 0

  function tell(entries: Entry[], next: string, isAnew = false): void {
    cursor = next
    onNews({ entries, cursor, isAnew })
  }

  async function catchUp(): Promise<void> {
    let page: Page<Entry>
    do {
      const isAnew = cursor === ''
      page = await ports.since(cursor, signal)
      if (isAnew || page.items.length) tell(page.items, page.next_cursor, isAnew)
    } while (page.more)
  }

  async function hear(): Promise<void> {
    await catchUp()
    const hasBegun = await ports.listen(cursor, (entry) => tell([entry], entry.cursor), signal)
    if (hasBegun) attempt = 0
  }

  while (!signal.aborted) {
    try {
      await hear()
    } catch (error) {
      const outlook = signal.aborted ? 'over' : ports.judge(error)
      if (outlook === 'over') return
      if (outlook === 'anew') cursor = ''
    }
    await ports.pause(attempt++, signal).catch(() => undefined)
  }
}
