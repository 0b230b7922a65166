import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { baseCompile } from '@intlify/message-compiler'
import type { Plugin } from 'vite'

const CATALOGUE = /\/src\/locales\/[^?]*\.json$/
const MARK = '\0messages:'

type Words = string | { [name: string]: Words }

/**
 * Compiles the catalogues' messages while the page is built: a browser that did it would need `eval`, which our
 * Content-Security-Policy keeps out. A message that cannot be read breaks the build.
 */
export function messages(): Plugin {
  return {
    name: 'messages',
    enforce: 'pre',
    resolveId: {
      filter: { id: /\.json$/ },
      handler(source, importer) {
        const path = importer && resolve(dirname(importer), source)
        // Under another name, because what ends in .json would be read as JSON afterwards.
        return path && CATALOGUE.test(path) ? MARK + path.replace(/\.json$/, '') : null
      },
    },
    load: {
      filter: { id: new RegExp(`^${MARK}`) },
      async handler(id) {
        const path = `${id.slice(MARK.length)}.json`
        this.addWatchFile(path)
        const words = JSON.parse(await readFile(path, 'utf8')) as Words
        return `export default ${JSON.stringify(compiled(words, path))}`
      },
    },
  }
}

function compiled(words: Words, where: string): unknown {
  if (typeof words !== 'string') {
    return Object.fromEntries(Object.entries(words).map(([name, each]) => [name, compiled(each, `${where} ${name}`)]))
  }
  const onError = (error: Error) => {
    throw new Error(`${where}: ${error.message}`)
  }
  return baseCompile(words, { jit: true, minify: true, optimize: true, onError }).ast
}
