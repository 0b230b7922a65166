const RELAY_MILLISECONDS = 5 * 60_000

/** Whether storage can be reached from here, as far as the transfers of this page have found out. */
export class StorageReach {
  private relayUntil = -Infinity

  constructor(private readonly now: () => number) {}

  /** After a while it is worth another try. */
  get isCutOff(): boolean {
    return this.now() < this.relayUntil
  }

  /** A part went through the server that storage had not taken. */
  cutOff(): void {
    this.relayUntil = this.now() + RELAY_MILLISECONDS
  }
}
