/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Where `npm run dev` asks for the interface.
const server = process.env.LAZARET_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: { '/api': server, '/health': server } },
  build: {
    outDir: 'built/site',
    emptyOutDir: true,
    target: 'es2023',
    // Everything is a file of its own: the content security policy takes no `data:` scripts, fonts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        // All texts of a language are asked for at once.
        codeSplitting: {
          groups: [
            { name: 'en', test: /(\/en\.json$|locale\/en_US|dayjs\/locale\/en)/ },
            { name: 'zh', test: /(\/zh\.json$|locale\/zh_CN|dayjs\/locale\/zh)/ },
          ],
        },
      },
    },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/testing.ts'] },
});
