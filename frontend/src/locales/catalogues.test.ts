import { readFileSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'

type Words = Record<string, string>

const folder = new URL('./', import.meta.url)

function areas(language: string): string[] {
  return readdirSync(new URL(language, folder)).filter((name) => name.endsWith('.json'))
}

function read(language: string, area: string): Words {
  return JSON.parse(readFileSync(new URL(`${language}/${area}`, folder), 'utf8')) as Words
}

/** What has to be the same in every language: the names in braces. */
function holes(words: string): string[] {
  return [...new Set(words.match(/\{\w+\}/g))].sort()
}

it('has the same areas in both languages', () => {
  expect(areas('de')).toEqual(areas('en'))
})

it.each(areas('en'))('%s says the same things in both, in the same order', (area) => {
  expect(Object.keys(read('de', area))).toEqual(Object.keys(read('en', area)))
})

it.each(areas('en'))('%s fills in the same, and has as many forms, in both', (area) => {
  const [en, de] = [read('en', area), read('de', area)]

  for (const [key, words] of Object.entries(en)) {
    expect(holes(de[key]!), key).toEqual(holes(words))
    expect(de[key]!.split('|').length, key).toBe(words.split('|').length)
    expect(de[key], key).toMatch(/\S/)
  }
})
