import type { HLJSApi, LanguageFn } from 'highlight.js'

type Loader = () => Promise<{ default: LanguageFn }>

// Each is a file of its own, fetched when the first of its sort is looked at.
const LANGUAGES: Record<string, Loader> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  dart: () => import('highlight.js/lib/languages/dart'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  go: () => import('highlight.js/lib/languages/go'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  latex: () => import('highlight.js/lib/languages/latex'),
  less: () => import('highlight.js/lib/languages/less'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  perl: () => import('highlight.js/lib/languages/perl'),
  php: () => import('highlight.js/lib/languages/php'),
  powershell: () => import('highlight.js/lib/languages/powershell'),
  properties: () => import('highlight.js/lib/languages/properties'),
  python: () => import('highlight.js/lib/languages/python'),
  r: () => import('highlight.js/lib/languages/r'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  scala: () => import('highlight.js/lib/languages/scala'),
  scss: () => import('highlight.js/lib/languages/scss'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
}

const ENDINGS = Object.fromEntries(
  Object.entries({
    bash: 'bash sh zsh',
    c: 'c h',
    cpp: 'cc cpp hpp',
    csharp: 'cs',
    diff: 'diff patch',
    ini: 'conf cfg ini toml',
    java: 'java gradle',
    javascript: 'js jsx mjs',
    json: 'json jsonl',
    kotlin: 'kt',
    latex: 'tex',
    perl: 'pl',
    powershell: 'ps1',
    properties: 'env properties',
    python: 'py',
    ruby: 'rb',
    rust: 'rs',
    typescript: 'ts tsx',
    xml: 'htm html svelte svg vue xml',
    yaml: 'yaml yml',
  }).flatMap(([language, endings]) => endings.split(' ').map((ending) => [ending, language])),
)

/** More would keep the page from answering for longer than anybody should notice. */
const MOST_CHARACTERS = 200_000

let core: Promise<HLJSApi> | undefined

/** What a file is written in, by its name; undefined if it is nothing with a grammar. */
export function languageOf(name: string): string | undefined {
  const lower = name.toLowerCase()
  const ending = lower.slice(lower.lastIndexOf('.') + 1)
  const language = ENDINGS[ending] ?? ending
  return Object.hasOwn(LANGUAGES, language) ? language : undefined
}

/** The text with its words marked by classes (styles/code.css); null if there is nothing to mark. */
export async function coloured(name: string, text: string): Promise<DocumentFragment | null> {
  const language = languageOf(name)
  if (!language || text.length > MOST_CHARACTERS) return null
  core ??= import('highlight.js/lib/core').then((module) => module.default)
  const [highlighter, grammar] = await Promise.all([core, LANGUAGES[language]!()])
  highlighter.registerLanguage(language, grammar.default)
  return marked(highlighter.highlight(text, { language }).value)
}

/** Only text and marks come out, whatever goes in: nothing is taken from the markup but the names of its classes. */
export function marked(markup: string): DocumentFragment {
  const parsed = new DOMParser().parseFromString(markup, 'text/html').body
  const fragment = document.createDocumentFragment()
  copy(parsed, fragment)
  return fragment
}

function copy(from: Node, to: Node): void {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      to.appendChild(document.createTextNode(child.textContent ?? ''))
      continue
    }
    const mark = document.createElement('span')
    mark.className = [...(child as Element).classList].filter((name) => name.startsWith('hljs-')).join(' ')
    copy(child, mark)
    to.appendChild(mark)
  }
}
