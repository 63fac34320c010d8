import { defineConfig } from '@playwright/test';
import tests from '../playwright.config';

// How fast the lists of a large fleet are shown, by a server that `bench/console.py` started.
export default defineConfig({
  ...tests,
  testDir: '.',
  globalSetup: undefined,
  outputDir: '../test-results',
  timeout: 900_000,
});
