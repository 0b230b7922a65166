// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Problem } from '@/api/problem'
import { StorageRefusal } from '@/api/storage'
import { chooseLanguage, startI18n } from '@/i18n'
import { FileUnreadable } from '@/lib/hashing/protocol'
import { explain } from './uploadPorts'

beforeEach(startI18n)
afterEach(() => chooseLanguage(null))

it.each([
  [new Problem(507, 'quota_exceeded', 'Full.', 'r1'), 'failed', /no room/, /kein Platz/],
  [new Problem(401, 'session_ended', 'Gone.'), 'paused', /sign in again/, /wieder anmeldest/],
  [new FileUnreadable('Locked.'), 'failed', /cannot be read/, /nicht lesen/],
  [new StorageRefusal('refused', 'No such bucket.'), 'failed', /No such bucket/, /Speicher/],
])('tells why in the language that is read when it is asked: %s', async (error, state, english, german) => {
  const ending = explain(error)

  expect(ending.state).toBe(state)
  expect(ending.why()).toMatch(english)
  await chooseLanguage('de')
  expect(ending.why()).toMatch(german)
})
