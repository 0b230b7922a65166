// Before the first paint: light or dark, as was chosen on this device, or as the system says. See src/api/appearance.ts.
{
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const paint = () => {
    const chosen = localStorage.getItem('stowage-theme')
    const isDark = chosen ? chosen === 'dark' : dark.matches
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
  }
  paint()
  dark.addEventListener('change', paint)
  // From other tabs, and by this one's own hand.
  addEventListener('storage', paint)
  addEventListener('stowage-theme', paint)
}
