import type { Ports } from './ports'
import type { Span } from './slicing'

/** The SHA-256 of each part of a file, in hex; read once, whoever asks first. */
export class PartHashes {
  private readonly made = new Map<number, Promise<string>>()

  constructor(
    private readonly file: Blob,
    private readonly hash: Ports['hash'],
  ) {}

  of({ number, offset, sizeBytes }: Span, signal: AbortSignal): Promise<string> {
    const known = this.made.get(number)
    if (known) return known
    const making = this.hash(this.file.slice(offset, offset + sizeBytes), signal)
    this.made.set(number, making)
    making.catch(() => this.made.delete(number))
    return making
  }

  /** What a drive knows the content by: the SHA-256 of the parts' SHA-256s. Reads ahead of whoever sends them. */
  async ofContent(parts: Span[], signal: AbortSignal): Promise<string> {
    const hashes: string[] = []
    for (const part of parts) {
      signal.throwIfAborted()
      hashes.push(await this.of(part, signal))
    }
    return this.hash(new Blob([bytesOf(hashes.join(''))]), signal)
  }

  /** The file may have changed. */
  forget(): void {
    this.made.clear()
  }
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => parseInt(hex.slice(2 * at, 2 * at + 2), 16))
}
