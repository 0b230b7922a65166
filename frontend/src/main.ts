import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n, startI18n } from './i18n'
import { createRoutes } from './router'
import './styles/theme.css'
import './styles/base.css'
import { vuetify } from './vuetify'

await startI18n()

const app = createApp(App)
app.use(createPinia())
app.use(createRoutes())
app.use(i18n)
app.use(vuetify)
app.mount('#app')
