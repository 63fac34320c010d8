import { defineConfig } from '@playwright/test';
import tests from '../playwright.config';

// Pictures of every page, over the fleet of a made-up company, for the documentation.
export default defineConfig({
  ...tests,
  testDir: '.',
  globalSetup: './company.ts',
  outputDir: '../test-results',
  timeout: 600_000,
});
