import { computed, ref, watch } from 'vue'
import { createI18n } from 'vue-i18n'
import { chosenLanguage, onLanguageChosen, rememberLanguage } from '@/api/language'
import { formatCount } from '@/lib/format'
import { isLanguage, localeFor, preferredLanguage, type Language } from '@/lib/languages'
import { readLocaleFrom } from '@/lib/locale'
import en from '@/locales/en'
import type { Catalogue, MessageKey, Translate } from '@/locales/messages'

// English is there at once, and stands in where another language cannot be loaded.
const LOADERS: Record<Exclude<Language, 'en'>, () => Promise<{ default: Catalogue }>> = {
  de: () => import('@/locales/de'),
}

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en } })
const { global } = i18n
const translate = global.t as (key: string, named: Record<string, unknown>, count?: number) => string

/** The language of the page now. Whatever reads it, or was said by `t`, follows a change. */
export const language = computed(() => global.locale.value as Language)
/** What was chosen on this device; null: as the browser. */
export const choice = ref<Language | null>(null)

/** A text in the language of the page. */
export const t: Translate = (key, named = {}, count) =>
  count === undefined ? translate(key, named) : translate(key, named, count)

/** A text about so many: its form is the count's, and `{count}` in it is the count as it is written. */
export function counted(key: MessageKey, count: number, named: Record<string, string | number> = {}): string {
  return t(key, { ...named, count: formatCount(count) }, count)
}

function wanted(): Language {
  const chosen = chosenLanguage()
  choice.value = isLanguage(chosen) ? chosen : null
  return choice.value ?? preferredLanguage(navigator.languages)
}

async function follow(): Promise<void> {
  const next = wanted()
  try {
    if (next !== 'en' && !global.availableLocales.includes(next as never)) {
      global.setLocaleMessage(next as never, (await LOADERS[next]()).default as never)
    }
  } catch {
    // Nobody answers: what is shown stays readable, and the next start tries again.
    return
  }
  if (next === wanted()) global.locale.value = next as never
}

/** Chooses for this device; null: as the browser. */
export async function chooseLanguage(chosen: Language | null): Promise<void> {
  rememberLanguage(chosen)
  await follow()
}

/** Before the first paint, so that nobody sees another language flash by. */
export async function startI18n(): Promise<void> {
  readLocaleFrom(() => localeFor(language.value, navigator.languages))
  watch(language, (now) => (document.documentElement.lang = now), { immediate: true })
  onLanguageChosen(() => void follow())
  addEventListener('languagechange', () => void follow())
  await follow()
}
