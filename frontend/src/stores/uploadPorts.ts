import { Problem, problemFrom } from '@/api/problem'
import { putPart, relayPart, StorageRefusal } from '@/api/storage'
import * as uploads from '@/api/uploads'
import { FileUnreadable, Hasher } from '@/lib/hashing/protocol'
import { pauseUntilOnline } from '@/lib/pause'
import type { Outlook, Ports } from '@/lib/upload/ports'
import type { Ending } from '@/lib/upload/queue'
import { reasonFor } from '@/lib/upload/reasons'
import { UploadFailed } from '@/lib/upload/transfer'

const HASHERS = 2
const UNAUTHENTICATED = 401
const OVER = new Set(['upload_not_found', 'upload_not_open', 'already_aborted', 'part_claimed'])

let hasher: Hasher | undefined

function newHasher(): Hasher {
  const workers = Array.from(
    { length: HASHERS },
    () => new Worker(new URL('@/lib/hashing/worker.ts', import.meta.url), { type: 'module' }),
  )
  return new Hasher(workers)
}

function judge(error: unknown): Outlook {
  if (error instanceof StorageRefusal) return error.kind === 'interrupted' ? 'unreachable' : 'final'
  if (!(error instanceof Problem)) return 'final'
  if (OVER.has(error.code)) return 'over'
  if (error.status === 0) return 'unreachable'
  return error.isPassing ? 'passing' : 'final'
}

/** What a transfer needs, in a browser. */
export const ports: Ports = {
  server: {
    start: uploads.startUpload,
    find: uploads.findUpload,
    sign: uploads.signPart,
    report: uploads.reportParts,
    complete: uploads.completeUpload,
    abort: uploads.abortUpload,
  },
  put: putPart,
  relay: relayPart,
  hash: (body) => (hasher ??= newHasher()).hash(body),
  judge,
  pause: pauseUntilOnline,
  now: () => performance.now(),
}

/** What an error means for its file, in words. Without a session it waits for the next one. */
export function explain(error: unknown): Ending {
  if (error instanceof StorageRefusal || error instanceof UploadFailed || error instanceof FileUnreadable) {
    return { state: 'failed', detail: error.message, requestId: '' }
  }
  const problem = problemFrom(error)
  const { code, status, requestId } = problem
  if (status === UNAUTHENTICATED) return { state: 'paused', detail: 'Goes on when you sign in again', requestId: '' }
  return { state: code === 'name_taken' ? 'conflict' : 'failed', detail: reasonFor(problem), requestId }
}
