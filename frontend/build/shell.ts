import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Plugin, Rolldown } from 'vite'

/** Files of public/ without which the page does not look like itself. */
const UNHASHED = ['/index.html', '/favicon.svg', '/theme.js']
/** What is larger and not needed at once, such as the reader of PDFs, is kept when it was used. */
const LARGEST_BYTES = 60_000

/** Writes `sw.js`: build/sw.js with the list of what it keeps. Another content of any of it is another worker. */
export function shell(): Plugin {
  return {
    name: 'shell',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const source = await readFile(new URL('sw.js', import.meta.url), 'utf8')
      const files = [...UNHASHED, ...hashed(bundle)]
      // The index names its files by their contents, so it stands for all of them.
      const digest = createHash('sha256').update(contentOf(bundle['index.html'])).update(source).update(files.join())
      const list = JSON.stringify({ name: `stowage-shell-${digest.digest('hex').slice(0, 16)}`, files })
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: source.replace('self.__SHELL__', list) })
    },
  }
}

function hashed(bundle: Rolldown.OutputBundle): string[] {
  const atOnce = new Set<string>()
  for (const file of Object.values(bundle)) if (file.type === 'chunk' && file.isEntry) reach(file.fileName, bundle, atOnce)
  return Object.values(bundle)
    .filter(({ fileName }) => /^assets\/.*\.(js|css|woff2)$/.test(fileName))
    .filter((file) => !isLibrary(file))
    .filter((file) => atOnce.has(file.fileName) || contentOf(file).length <= LARGEST_BYTES)
    .map(({ fileName }) => `/${fileName}`)
    .sort()
}

/** What is loaded by itself, such as the grammar of one language. */
function isLibrary(file: Rolldown.OutputAsset | Rolldown.OutputChunk): boolean {
  return file.type === 'chunk' && file.isDynamicEntry && !!file.facadeModuleId?.includes('/node_modules/')
}

function reach(name: string, bundle: Rolldown.OutputBundle, seen: Set<string>): void {
  const file = bundle[name]
  if (file?.type !== 'chunk' || seen.has(name)) return
  seen.add(name)
  for (const next of file.imports) reach(next, bundle, seen)
}

function contentOf(file: Rolldown.OutputAsset | Rolldown.OutputChunk | undefined): string | Uint8Array {
  if (!file) return ''
  return file.type === 'chunk' ? file.code : file.source
}
