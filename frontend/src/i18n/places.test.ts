// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from 'vitest'
import { chooseLanguage, startI18n } from '.'
import { formerPlaceOf, pathOf } from './places'

beforeEach(startI18n)
afterEach(() => chooseLanguage(null))

it('calls the top folder what the page calls it', async () => {
  expect(formerPlaceOf({ original_path: '/plan.txt' })).toBe('Files')
  expect(formerPlaceOf({ original_path: '/Trip/photos/harbour.jpg' })).toBe('Files / Trip / photos')

  await chooseLanguage('de')

  expect(formerPlaceOf({ original_path: '/plan.txt' })).toBe('Dateien')
  expect(pathOf({ ancestors: [{ id: 'r', name: '' }, { id: 'f', name: 'Trip' }] })).toBe('Dateien / Trip')
})
