// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { coloured, languageOf, marked } from './highlight'

it.each([
  ['main.py', 'python'],
  ['Component.VUE', 'xml'],
  ['Dockerfile', 'dockerfile'],
  ['pyproject.toml', 'ini'],
  ['notes.txt', undefined],
  ['constructor', undefined],
])('%s is written in %s', (name, language) => {
  expect(languageOf(name)).toBe(language)
})

it('marks the words and changes none', async () => {
  const text = 'def berth(name: str) -> None:\n    print("<b>", name)  # moor\n'

  const found = (await coloured('main.py', text))!

  expect(found.textContent).toBe(text)
  expect(found.querySelector('.hljs-keyword')?.textContent).toBe('def')
  expect(found.querySelector('.hljs-comment')?.textContent).toBe('# moor')
})

it('marks the markup of a page as text', async () => {
  const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>'

  const found = (await coloured('page.html', hostile))!

  expect(found.textContent).toBe(hostile)
  expect(found.querySelector('img, script')).toBeNull()
})

it('lets nothing through but marks, should the highlighter ever be wrong', () => {
  const found = marked('<img src=x onerror=alert(1)><b class="hljs-x evil" style="color:red" onclick="a()">t</b>')

  const names = [...found.querySelectorAll('*')].map(({ tagName, attributes }) => [
    tagName,
    ...[...attributes].map(({ name, value }) => `${name}=${value}`),
  ])
  expect(names).toEqual([
    ['SPAN', 'class='],
    ['SPAN', 'class=hljs-x'],
  ])
})

it('leaves alone what is too long, and what has no grammar', async () => {
  expect(await coloured('a.txt', 'if')).toBeNull()
  expect(await coloured('a.py', 'x = 1\n'.repeat(50_000))).toBeNull()
})
