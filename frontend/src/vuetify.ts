import 'vuetify/styles/core'
import { createVuetify } from 'vuetify'
import { aliases, mdi } from 'vuetify/iconsets/mdi-svg'

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
