// How much JavaScript each page needs before it can be used: what its imports reach, compressed as it travels.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const BUDGET_BYTES = 250_000

const root = fileURLToPath(new URL('..', import.meta.url))
const { output } = await build({ root, logLevel: 'error', build: { write: false } })
const chunks = new Map(output.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]))
const all = [...chunks.values()]
const entry = all.find(({ isEntry }) => isEntry)
const views = all.filter(({ facadeModuleId }) => /\/views\/\w+\.vue$/.test(facadeModuleId ?? ''))

function reached(name, seen = new Set()) {
  if (seen.has(name)) return seen
  seen.add(name)
  for (const next of chunks.get(name).imports) reached(next, seen)
  return seen
}

let isOver = !views.length
for (const view of views) {
  const names = reached(view.fileName, reached(entry.fileName))
  const bytes = [...names].reduce((sum, name) => sum + gzipSync(chunks.get(name).code, { level: 9 }).length, 0)
  if (bytes > BUDGET_BYTES || process.argv.includes('--print')) {
    console.error(`${view.name}: ${Math.ceil(bytes / 1000)} kB of JavaScript, of ${BUDGET_BYTES / 1000}`)
  }
  isOver ||= bytes > BUDGET_BYTES
}
process.exit(isOver ? 1 : 0)
