// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { markdownFragment } from './markdown'

function html(text: string): string {
  const holder = document.createElement('div')
  holder.append(markdownFragment(text))
  return holder.innerHTML
}

it('is read as people mean it', () => {
  expect(html('First.\n\n# Plan\n\n- *one*\n- **two**')).toContain('<h1>Plan</h1>')
  expect(html('| a |\n|---|\n| 1 |')).toContain('<td>1</td>')
})

it.each([
  ['<script>alert(1)</script>', 'script'],
  ['<img src=x onerror=alert(1)>', 'img'],
  ['![seen](https://elsewhere.example/pixel.png)', 'img'],
  ['<iframe src="https://elsewhere.example"></iframe>', 'iframe'],
  ['<form action="/api/v1/sessions"><input></form>', 'form'],
  ['<style>body { display: none }</style>', 'style'],
])('shows %s, and makes nothing of it', (text, tag) => {
  const holder = document.createElement('div')
  holder.append(markdownFragment(text))

  expect(holder.querySelector(tag)).toBeNull()
  expect(holder.textContent).not.toBe('')
})

it.each(['javascript:alert(1)', 'data:text/html,x', '/api/v1/account', 'vbscript:x'])('links to no %s', (address) => {
  expect(html(`[here](<${address}>)`)).not.toContain('href')
})

it('opens links elsewhere, and tells nobody from where', () => {
  const link = html('[here](https://example.com/)')

  expect(link).toContain('href="https://example.com/"')
  expect(link).toContain('rel="noopener noreferrer nofollow"')
  expect(link).toContain('target="_blank"')
})
