import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { createRoutes } from './router'
import './styles/theme.css'
import './styles/base.css'
import { vuetify } from './vuetify'

const app = createApp(App)
app.use(createPinia())
app.use(createRoutes())
app.use(vuetify)
app.mount('#app')
