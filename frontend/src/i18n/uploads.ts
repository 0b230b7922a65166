import { formatCount, formatDuration, formatShare, formatSize } from '@/lib/format'
import type { UploadItem } from '@/lib/upload/queue'
import { openCount, type Tally } from '@/lib/upload/tally'
import en from '@/locales/en'
import { problemText, withRequest } from './problems'
import { counted, t } from '.'

/** How it stands with one. */
export function wordsFor(item: UploadItem): string {
  const { state, sizeBytes, sentBytes, why, requestId } = item
  const share = t('uploads.of', { part: formatShare(sentBytes, sizeBytes), whole: formatSize(sizeBytes) })
  switch (state) {
    case 'waiting':
      return t('uploads.waiting')
    case 'sending':
      return item.isStalled ? t('uploads.stalledAt', { share }) : share
    case 'paused':
      return why?.() ?? t('uploads.pausedAt', { share })
    case 'finishing':
      return t('uploads.finishing')
    case 'conflict':
      return t('uploads.conflict')
    case 'failed':
      return withRequest(why?.() ?? '', requestId)
    default:
      return item.wasKnown ? t('uploads.known', { size: formatSize(sizeBytes) }) : formatSize(sizeBytes)
  }
}

/** How it stands with all, in a few words. */
export function summaryOf(tally: Tally): string {
  const { byState, count } = tally
  const needy = byState.failed + byState.conflict
  if (openCount(tally)) {
    return t('uploads.uploading', { number: formatCount(byState.done + 1), count: formatCount(count) })
  }
  if (needy) return counted('uploads.needsYou', needy)
  return byState.paused ? counted('uploads.paused', byState.paused) : counted('uploads.uploadedCount', byState.done)
}

/** How much of all, how fast, and how long still. */
export function progressOf({ sentBytes, sizeBytes }: Tally, bytesPerSecond: number): string {
  const parts = [t('uploads.of', { part: formatSize(sentBytes), whole: formatSize(sizeBytes) })]
  if (bytesPerSecond > 0) {
    const time = formatDuration((sizeBytes - sentBytes) / bytesPerSecond)
    parts.push(t('uploads.perSecond', { size: formatSize(bytesPerSecond) }), t('uploads.left', { time }))
  }
  return parts.join(' · ')
}

const TOO_LARGE = 413

/** Why the server took no file, in words that say what to do; what has none here is told like any other refusal. */
export function reasonFor({ code, status, detail }: { code: string; status: number; detail: string }): string {
  if (isReason(code)) return t(`reasons.${code}`)
  return status === TOO_LARGE ? t('reasons.file_too_large') : problemText({ code, detail })
}

function isReason(code: string): code is keyof typeof en.reasons {
  return Object.hasOwn(en.reasons, code)
}
