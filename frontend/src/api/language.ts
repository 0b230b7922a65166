/** What was chosen on this device; without a choice the page follows the browser. */
const KEY = 'stowage-language'

export function chosenLanguage(): string | null {
  return localStorage.getItem(KEY)
}

export function rememberLanguage(language: string | null): void {
  if (language) localStorage.setItem(KEY, language)
  else localStorage.removeItem(KEY)
}

/** Calls `listener` when another tab has chosen. */
export function onLanguageChosen(listener: () => void): void {
  addEventListener('storage', ({ key }) => key === KEY && listener())
}
