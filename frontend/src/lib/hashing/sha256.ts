import { createSHA256 } from 'hash-wasm'

/**
 * SHA-256 in hex, read as a stream: memory stays flat however large the blob is. In WASM, because
 * `crypto.subtle` takes whole buffers only, and is not there at all on plain HTTP.
 */
export async function sha256(blob: Blob): Promise<string> {
  const hasher = await createSHA256()
  hasher.init()
  const reader = blob.stream().getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return hasher.digest('hex')
    hasher.update(value)
  }
}
