import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import vuetify from 'vite-plugin-vuetify'
import { precompressed } from './build/precompressed.ts'

// `npm run dev` serves the sources and hands everything else to a running `make up`.
const server = process.env.STOWAGE_URL ?? 'http://localhost:8080'

export default defineConfig({
  plugins: [vue(), vuetify(), precompressed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
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
    server: { deps: { inline: ['vuetify'] } },
  },
})
