// Every package that npm may install, by the licence that its lock entry names. Needs no network.
import { readFileSync } from 'node:fs'

const AGREED = new Set([
  '(MIT OR CC0-1.0)',
  '(MPL-2.0 OR Apache-2.0)',
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MPL-2.0', // lightningcss and axe-core: tools, unchanged; nothing of them is served
  'OFL-1.1', // the typeface
  'PSF-2.0',
  'Python-2.0',
])

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
const packages = Object.entries(lock.packages).filter(([path]) => path)
const strangers = packages.filter(([, { license }]) => !AGREED.has(license))
const bound = packages.filter(([, { resolved }]) => resolved)

for (const [path, { license }] of strangers) {
  console.error(`${path.replace(/^.*node_modules\//, '')}: licence ${license ?? 'not named'} is not agreed to`)
}
for (const [path] of bound) {
  console.error(`${path}: names its registry; npm install with this folder's .npmrc leaves that out`)
}
process.exit(strangers.length + bound.length ? 1 : 0)
