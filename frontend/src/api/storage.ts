import { csrfToken } from '@/lib/cookies'
import { answered, client, idempotent, type Schema } from './client'
import { problemOf, type Problem } from './problem'
import type { Claim, FormEntry, SignedPart } from './uploads'

/**
 * Why storage did not take a part:
 * `interrupted` the line broke, or storage is busy; also an expired URL, whose 403 carries no CORS headers
 * `refused` it would be refused again
 */
export class StorageRefusal extends Error {
  override readonly name = 'StorageRefusal'

  constructor(
    readonly kind: 'interrupted' | 'refused',
    message: string,
  ) {
    super(message)
  }
}

export interface Sending {
  signal: AbortSignal
  onProgress: (sentBytes: number) => void
}

const BUSY = new Set([0, 403, 408, 429, 500, 502, 503, 504])
const ALREADY_STORED = 412
const UNAUTHENTICATED = 401
// The browser sets these itself, and scripts may not.
const FORBIDDEN = new Set(['host', 'content-length'])
const SILENCE_MILLISECONDS = 60_000

/** Sends one part straight to storage. Its ETag; empty if an earlier try had arrived after all. */
export async function putPart(signed: SignedPart, body: Blob, sending: Sending): Promise<string> {
  const allowed = Object.entries(signed.headers).filter(([name]) => !FORBIDDEN.has(name.toLowerCase()))
  const answer = await transmit({ ...signed, headers: Object.fromEntries(allowed) }, body, sending)
  if (answer.status === 200) return answer.getResponseHeader('etag') ?? ''
  if (answer.status === ALREADY_STORED) return ''
  throw refusal(answer.status, answer.responseText)
}

/**
 * Sends one part through the server, which reports it, too: where storage cannot be reached. Throws Problem, or
 * StorageRefusal if the line broke or the session has to be renewed, which the next other request does.
 */
export async function relayPart(uploadId: string, claim: Claim, body: Blob, sending: Sending): Promise<void> {
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Stowage-Part-Sha256': claim.sha256,
    'Stowage-Csrf': csrfToken(document.cookie),
    ...idempotent(),
  }
  const url = `/api/v1/uploads/${uploadId}/parts/${claim.number}`
  const { status, responseText } = await transmit({ method: 'PUT', url, headers }, body, sending)
  if (status === 200) return
  if (status === 0 || status === UNAUTHENTICATED) throw refusal(0, '')
  throw problemOf(read(responseText), new Response(null, { status }))
}

/**
 * Sends many small files in one request; of each why it was refused, or null. Throws Problem, or StorageRefusal if the
 * line broke. The same again with the same key is done once.
 */
export async function putForm(
  entries: FormEntry[],
  bodies: Blob[],
  key: string,
  sending: Sending,
): Promise<(Problem | null)[]> {
  const form = new FormData()
  form.append('plan', new Blob([JSON.stringify({ files: entries })], { type: 'application/json' }))
  for (const body of bodies) form.append('file', body)
  const headers = { 'Stowage-Csrf': csrfToken(document.cookie), ...idempotent(key) }
  const { status, responseText } = await transmit({ method: 'POST', url: '/api/v1/files:batch', headers }, form, sending)
  if (status === 0) throw refusal(0, '')
  if (status === UNAUTHENTICATED) {
    // Renews the session, or throws that it is over.
    await answered(client.GET('/api/v1/account'))
    throw refusal(0, '')
  }
  if (status !== 200) throw problemOf(read(responseText), new Response(null, { status }))
  const { files } = read(responseText) as Schema<'FileResults'>
  return files.map(({ problem }) => problem && problemOf(problem, new Response(null, { status: problem.status })))
}

interface Transmission {
  method: string
  url: string
  headers: Record<string, string>
}

/** The answer, whatever it is; of status 0 if there was none. Rejects with an AbortError only. */
function transmit({ method, url, headers }: Transmission, body: Blob | FormData, sending: Sending): Promise<XMLHttpRequest> {
  const { signal, onProgress } = sending
  // XMLHttpRequest, because fetch tells nothing of how far an upload is.
  const request = new XMLHttpRequest()
  const stop = () => request.abort()
  const silence = watchdog(stop)
  return new Promise<XMLHttpRequest>((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => {
      silence.restart()
      onProgress(loaded)
    }
    request.onload = request.onerror = () => resolve(request)
    request.onabort = () => (signal.aborted ? reject(aborted()) : resolve(request))
    signal.addEventListener('abort', stop)
    if (signal.aborted) return reject(aborted())
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.send(body)
  }).finally(() => {
    silence.end()
    signal.removeEventListener('abort', stop)
  })
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function refusal(status: number, text: string): StorageRefusal {
  const reason = /<Message>(.*?)<\/Message>/s.exec(text)?.[1] ?? ''
  if (BUSY.has(status)) return new StorageRefusal('interrupted', reason || 'Storage cannot be reached.')
  return new StorageRefusal('refused', reason || `Storage answered ${status}.`)
}

function aborted(): DOMException {
  return new DOMException('cancelled', 'AbortError')
}

function watchdog(bark: () => void) {
  let timer = setTimeout(bark, SILENCE_MILLISECONDS)
  return {
    restart() {
      clearTimeout(timer)
      timer = setTimeout(bark, SILENCE_MILLISECONDS)
    },
    end: () => clearTimeout(timer),
  }
}
