import { Problem, problemFrom } from '@/api/problem'
import { putForm, putPart, relayPart, StorageRefusal } from '@/api/storage'
import * as uploads from '@/api/uploads'
import { language, t } from '@/i18n'
import { reasonFor } from '@/i18n/uploads'
import { FileUnreadable, Hasher } from '@/lib/hashing/protocol'
import { pauseUntilOnline } from '@/lib/pause'
import type { Outlook, Ports } from '@/lib/upload/ports'
import type { Ending } from '@/lib/upload/queue'
import { UploadFailed } from '@/lib/upload/transfer'
import type { MessageKey } from '@/locales/messages'

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
    useKnown: uploads.useKnown,
    sign: uploads.signPart,
    report: uploads.reportParts,
    complete: uploads.completeUpload,
    abort: uploads.abortUpload,
    putForm,
    endForm: uploads.endForm,
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
  const failure = failureText(error)
  if (failure) return { state: 'failed', why: failure, requestId: '' }
  const problem = problemFrom(error)
  const { code, status, requestId } = problem
  if (status === UNAUTHENTICATED) return { state: 'paused', why: () => t('uploads.untilSignIn'), requestId: '' }
  return { state: code === 'name_taken' ? 'conflict' : 'failed', why: () => reasonFor(problem), requestId }
}

/** Why it failed, if it was not the server that refused it. */
function failureText(error: unknown): (() => string) | null {
  if (error instanceof FileUnreadable) return () => t('reasons.unreadable')
  if (error instanceof UploadFailed) return exactly(error, 'reasons.ended')
  if (!(error instanceof StorageRefusal)) return null
  return exactly(error, error.kind === 'refused' ? 'reasons.storageRefused' : 'reasons.storageAway')
}

/** Storage and server speak English, and say more than we know. */
function exactly({ message }: Error, key: MessageKey): () => string {
  return () => (language.value === 'en' && message ? message : t(key))
}
