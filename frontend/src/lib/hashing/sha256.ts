import { createSHA256, sha256 as ofBytes } from 'hash-wasm'

// Each stream takes a machine of its own, and browsers give a hundred of them at most; the short ones share one.
const SHORT_BYTES = 2 ** 20

/**
 * SHA-256 in hex, read as a stream: memory stays flat however large the blob is. In WASM, because
 * `crypto.subtle` takes whole buffers only, and is not there at all on plain HTTP.
 */
export async function sha256(blob: Blob): Promise<string> {
  if (blob.size <= SHORT_BYTES) return ofBytes(new Uint8Array(await blob.arrayBuffer()))
  const hasher = await createSHA256()
  hasher.init()
  const reader = blob.stream().getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return hasher.digest('hex')
    hasher.update(value)
  }
}
