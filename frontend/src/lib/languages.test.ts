import { expect, it } from 'vitest'
import { localeFor, preferredLanguage } from './languages'

it.each([
  [['de-AT', 'en'], 'de'],
  [['fr', 'de', 'en'], 'de'],
  [['EN-us'], 'en'],
  [['fr', 'pl'], 'en'],
  [[], 'en'],
])('who reads %j reads it in %s', (wanted, language) => {
  expect(preferredLanguage(wanted)).toBe(language)
})

it('writes dates as in the reader’s own country', () => {
  expect(localeFor('de', ['en-GB', 'de-CH'])).toBe('de-CH')
  expect(localeFor('de', ['en-GB'])).toBe('de')
})
