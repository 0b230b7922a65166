import type { Patience } from './patience'
import type { Claim, Ports, Sending, Signed } from './ports'
import type { StorageReach } from './reach'

// The server answered each time, so it is not the line; an expired URL needs one more try.
const STRIKES = 3

/** Sends parts: straight to storage, or through the server where storage cannot be reached. */
export class PartSender {
  constructor(
    private readonly ports: Ports,
    private readonly patience: Patience,
    private readonly reach: StorageReach,
  ) {}

  /** The part's ETag, empty if nobody needs to be told. `signed`: a URL that is there already. */
  async send(
    uploadId: string,
    claim: Claim,
    body: Blob,
    signed: Signed | undefined,
    sending: Sending,
  ): Promise<string> {
    let strikes = 0
    let given = signed
    return this.patience.attempt(sending.signal, async () => {
      // A URL may have expired, which a browser cannot tell from a broken line: each try gets a new one.
      const current = given ?? (await this.sign(uploadId, claim, () => (strikes = 0)))
      given = undefined
      try {
        if (strikes >= STRIKES || this.reach.isCutOff) return await this.relay(uploadId, claim, body, sending)
        strikes += 1
        return await this.ports.put(current, body, sending)
      } catch (error) {
        sending.onProgress(0)
        throw error
      }
    })
  }

  private async relay(uploadId: string, claim: Claim, body: Blob, sending: Sending): Promise<string> {
    await this.ports.relay(uploadId, claim, body, sending)
    this.reach.cutOff()
    return ''
  }

  private async sign(uploadId: string, claim: Claim, onFailure: () => void): Promise<Signed> {
    try {
      return await this.ports.server.sign(uploadId, claim)
    } catch (error) {
      onFailure()
      throw error
    }
  }
}
