import type { SignedPart } from './uploads'

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
// The browser sets these itself, and scripts may not.
const FORBIDDEN = new Set(['host', 'content-length'])
const SILENCE_MILLISECONDS = 60_000

/** Sends one part straight to storage. Its ETag; empty if an earlier try had arrived after all. */
export function putPart(signed: SignedPart, body: Blob, { signal, onProgress }: Sending): Promise<string> {
  // XMLHttpRequest, because fetch tells nothing of how far an upload is.
  const request = new XMLHttpRequest()
  const stop = () => request.abort()
  const silence = watchdog(stop)
  return new Promise<string>((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => {
      silence.restart()
      onProgress(loaded)
    }
    request.onload = () => {
      if (request.status === 200) resolve(request.getResponseHeader('etag') ?? '')
      else if (request.status === ALREADY_STORED) resolve('')
      else reject(refusal(request.status, request.responseText))
    }
    request.onerror = () => reject(refusal(0, ''))
    request.onabort = () => reject(signal.aborted ? aborted() : refusal(0, ''))
    signal.addEventListener('abort', stop)
    if (signal.aborted) return reject(aborted())
    open(request, signed)
    request.send(body)
  }).finally(() => {
    silence.end()
    signal.removeEventListener('abort', stop)
  })
}

function open(request: XMLHttpRequest, signed: SignedPart): void {
  request.open(signed.method, signed.url)
  for (const [name, value] of Object.entries(signed.headers)) {
    if (!FORBIDDEN.has(name.toLowerCase())) request.setRequestHeader(name, value)
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
