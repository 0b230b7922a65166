/** Makes each folder of a tree once, whoever asks first; one that could not be made is tried again when asked for. */
export class FolderMaker {
  private readonly made = new Map<string, Promise<string>>()

  /** `make`: the id of the folder of that name in `parentId`, made if it was not there. */
  constructor(
    private readonly baseId: string,
    private readonly make: (parentId: string, name: string) => Promise<string>,
  ) {}

  /** The folder's id. Rejects with what `make` rejected with. */
  of(names: string[]): Promise<string> {
    const name = names.at(-1)
    if (name === undefined) return Promise.resolve(this.baseId)
    const key = JSON.stringify(names)
    const known = this.made.get(key)
    if (known) return known
    const making = this.of(names.slice(0, -1)).then((parentId) => this.make(parentId, name))
    this.made.set(key, making)
    making.catch(() => this.made.delete(key))
    return making
  }
}
