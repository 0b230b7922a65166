/** What page and worker say to each other. */
export interface HashRequest {
  id: number
  blob: Blob
}

export type HashReply = { id: number; sha256: string } | { id: number; failure: string }

export interface Port<In, Out> {
  postMessage: (message: Out) => void
  addEventListener: (type: 'message', listener: (event: MessageEvent<In>) => void) => void
}

/** The worker's side: each request gets one reply, failures included. */
export function serveHashes(port: Port<HashRequest, HashReply>, hash: (blob: Blob) => Promise<string>): void {
  port.addEventListener('message', ({ data: { id, blob } }) => {
    hash(blob).then(
      (sha256) => port.postMessage({ id, sha256 }),
      (error: unknown) => port.postMessage({ id, failure: String(error) }),
    )
  })
}

/** The file could not be read: it was moved, changed or locked since it was chosen. */
export class FileUnreadable extends Error {
  override readonly name = 'FileUnreadable'
}

/** The page's side: requests go to the ports in turn. */
export class Hasher {
  private readonly waiting = new Map<number, { resolve: (sha256: string) => void; reject: (error: Error) => void }>()
  private lastId = 0

  constructor(private readonly ports: Port<HashReply, HashRequest>[]) {
    for (const port of ports) port.addEventListener('message', ({ data }) => this.settle(data))
  }

  hash(blob: Blob): Promise<string> {
    const id = ++this.lastId
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.ports[id % this.ports.length]!.postMessage({ id, blob })
    })
  }

  private settle(reply: HashReply): void {
    const asked = this.waiting.get(reply.id)
    this.waiting.delete(reply.id)
    if ('sha256' in reply) asked?.resolve(reply.sha256)
    else asked?.reject(new FileUnreadable('The file cannot be read. Was it moved or changed?'))
  }
}
