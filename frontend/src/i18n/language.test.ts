// @vitest-environment happy-dom
import { beforeEach, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { chosenLanguage } from '@/api/language'
import { formatSize } from '@/lib/format'
import { problemText } from './problems'
import { choice, chooseLanguage, counted, language, startI18n, t } from '.'

beforeEach(async () => {
  await startI18n()
  await chooseLanguage(null)
})

it('says a thing in the chosen language, keeps the choice, and tells readers of the screen', async () => {
  await chooseLanguage('de')
  await nextTick()

  expect(t('common.cancel')).toBe('Abbrechen')
  expect(document.documentElement.lang).toBe('de')
  expect(chosenLanguage()).toBe('de')
})

it('follows the browser again when nothing is chosen any more', async () => {
  await chooseLanguage('de')
  await chooseLanguage(null)

  expect(language.value).toBe('en')
  expect(choice.value).toBeNull()
})

it('takes the form that the number asks for, and writes it as the language does', async () => {
  expect(counted('uploads.uploadedCount', 1)).toBe('One file uploaded')
  expect(counted('uploads.uploadedCount', 12_000)).toBe('12,000 files uploaded')

  await chooseLanguage('de')

  expect(counted('uploads.uploadedCount', 1)).toBe('Eine Datei hochgeladen')
  expect(counted('uploads.uploadedCount', 12_000)).toBe('12.000 Dateien hochgeladen')
  expect(formatSize(12_400_000).replace(/\s/, ' ')).toBe('12,4 MB')
})

it('tells a refusal in the server’s words where they can be read, else by its code', async () => {
  const refusal = { code: 'quota_exceeded', detail: 'The drive holds 5 GB and is full.' }
  expect(problemText(refusal)).toBe(refusal.detail)

  await chooseLanguage('de')

  expect(problemText(refusal)).toBe('In deinem Laufwerk ist kein Platz mehr.')
  expect(problemText({ code: 'unheard_of', detail: 'Said.' })).toBe('Said.')
})
