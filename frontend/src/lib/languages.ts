/** What the page can be read in. */
export const LANGUAGES = ['en', 'de'] as const

export type Language = (typeof LANGUAGES)[number]

export function isLanguage(word: unknown): word is Language {
  return LANGUAGES.some((language) => language === word)
}

/** The first of somebody's languages, as browsers tell them, that the page knows. */
export function preferredLanguage(wanted: readonly string[]): Language {
  return wanted.map(baseOf).find(isLanguage) ?? 'en'
}

/** How dates and numbers are written: as in the reader's own country, if it is one of the language's. */
export function localeFor(language: Language, wanted: readonly string[]): string {
  return wanted.find((locale) => baseOf(locale) === language) ?? language
}

function baseOf(locale: string): string {
  return locale.split('-', 1)[0]!.toLowerCase()
}
