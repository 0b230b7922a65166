import { expect, it } from 'vitest'
import { previewOf } from './previews'

it.each([
  ['photo.JPG', 'application/octet-stream', 'image'],
  ['drawing.svg', 'image/svg+xml', 'image'],
  ['film.mkv', 'video/x-matroska', 'video'],
  ['song', 'audio/mpeg', 'audio'],
  ['notes.md', 'text/plain', 'markdown'],
  ['main.ts', 'video/mp2t', 'text'],
  ['Dockerfile', '', 'text'],
  ['data', 'application/vnd.api+json; charset=utf-8', 'text'],
  ['page.html', 'text/html', 'text'],
  ['paper.pdf', 'application/octet-stream', 'pdf'],
  ['backup.tar.gz', 'application/gzip', 'none'],
  ['photo.heic', 'image/heic', 'none'],
  ['', '', 'none'],
])('shows %s (%s) as %s', (name, contentType, preview) => {
  expect(previewOf(name, contentType)).toBe(preview)
})
