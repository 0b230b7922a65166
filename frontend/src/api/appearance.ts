/** Light or dark on this device; the system's choice if there is none. `public/theme.js` reads it before the first paint. */
export type Theme = 'system' | 'light' | 'dark'

const KEY = 'stowage-theme'

export function chosenTheme(): Theme {
  const chosen = localStorage.getItem(KEY)
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, theme)
  dispatchEvent(new Event(KEY))
}
