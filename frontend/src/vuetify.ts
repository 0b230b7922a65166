import 'vuetify/styles/core'
import { watch } from 'vue'
import { createVuetify } from 'vuetify'
import { aliases, mdi } from 'vuetify/iconsets/mdi-svg'
import { language } from './i18n'

export const vuetify = createVuetify({
  // Colours stand in styles/theme.css, which says why.
  theme: false,
  icons: { defaultSet: 'mdi', aliases, sets: { mdi } },
  defaults: {
    VBtn: { variant: 'flat', ripple: false },
    VDialog: { maxWidth: 440 },
    VList: { density: 'compact' },
    VListItem: { ripple: false },
    VTextField: { variant: 'outlined', density: 'comfortable', color: 'primary' },
  },
})

// Its own texts, for readers of the screen mostly.
watch(
  language,
  async (now) => {
    if (now === 'de') vuetify.locale.messages.value.de ??= (await import('vuetify/locale')).de
    vuetify.locale.current.value = now
  },
  { immediate: true },
)
