import type { Page } from '@/lib/changes/follow'
import { answered, client, type Schema } from './client'
import { problemFrom } from './problem'

export type JournalEntry = Schema<'JournalEntry'>
export type Change = Schema<'Change'>

const STREAM = '/api/v1/changes/stream'
const FORGOTTEN = new Set(['cursor_reset', 'cursor_invalid'])

/** What happened since; without a cursor only where the drive is now. Problems: `cursor_reset`, `cursor_invalid`. */
export function changesSince(cursor: string, signal: AbortSignal): Promise<Page<JournalEntry>> {
  const page = answered(client.GET('/api/v1/changes', { params: { query: { cursor, limit: 1000 } }, signal }))
  // openapi-fetch loses members that are only ever null (`parent_id` of what is gone).
  return page as Promise<Page<JournalEntry>>
}

/**
 * What happens, as it happens, until the stream ends: by its own last event (its token has expired, say), by the line,
 * or by `signal`. Resolves with whether it had begun. A browser would come back by itself with its old token, and be
 * told nothing but that it may not: so whoever listens comes back.
 */
export function listenToChanges(
  cursor: string,
  onEntry: (entry: JournalEntry) => void,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const source = new EventSource(`${STREAM}?cursor=${encodeURIComponent(cursor)}`)
    let hasBegun = false
    const end = () => {
      source.close()
      signal.removeEventListener('abort', end)
      resolve(hasBegun)
    }
    source.onopen = () => (hasBegun = true)
    source.onerror = end
    source.addEventListener('problem', end)
    source.addEventListener('change', ({ data }: MessageEvent<string>) => onEntry(JSON.parse(data) as JournalEntry))
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}

export function outlook(error: unknown): 'again' | 'anew' | 'over' {
  const problem = problemFrom(error)
  if (FORGOTTEN.has(problem.code)) return 'anew'
  return problem.isPassing ? 'again' : 'over'
}
