import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import vuetify from 'vite-plugin-vuetify'
import { messages } from './build/messages.ts'
import { precompressed } from './build/precompressed.ts'
import { shell } from './build/shell.ts'

// `npm run dev` serves the sources and hands everything else to a running `make up`.
const server = process.env.STOWAGE_URL ?? 'http://localhost:8080'

export default defineConfig({
  plugins: [messages(), vue(), vuetify(), shell(), precompressed()],
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
      // Without the compiler: build/messages.ts has done its work.
      'vue-i18n': 'vue-i18n/dist/vue-i18n.runtime.mjs',
    },
  },
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: true,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  server: { proxy: { '/api': server, '/docs': server, '/health': server } },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Inlined files would be data: URLs, which our Content-Security-Policy keeps out.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
    reportCompressedSize: false,
  },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    restoreMocks: true,
    // Nothing here waits for time to pass; a machine that is busy with other tests may be slow.
    testTimeout: 30_000,
    server: { deps: { inline: ['vuetify'] } },
  },
})
