export interface Strength {
  /** 0 is guessed at once, 4 hardly ever. */
  score: 0 | 1 | 2 | 3 | 4
}

let meter: Promise<(password: string, known: string[]) => Strength> | undefined

async function loadMeter() {
  const [{ ZxcvbnFactory }, common] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  const zxcvbn = new ZxcvbnFactory({ dictionary: common.dictionary, graphs: common.adjacencyGraphs })
  return (password: string, known: string[]): Strength => {
    const { score } = zxcvbn.check(password, known)
    return { score }
  }
}

/** How hard a password is to guess. `known`: what anybody knows of its owner. The dictionaries are loaded when first asked. */
export async function strengthOf(password: string, known: string[]): Promise<Strength> {
  meter ??= loadMeter()
  return (await meter)(password, known)
}
