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
            { name: 'en', test: /\/en\.json$/ },
            { name: 'zh', test: /\/zh\.json$/ },
          ],
        },
      },
      treeshake: {
        // The parts that antd is made of do nothing by being loaded, but do not say so: without this, who needs one of a
        // package gets all of it; with the context of forms, all of the forms.
        moduleSideEffects: [{ test: /\/@rc-component\//, sideEffects: false }],
      },
    },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/testing.ts'] },
});
