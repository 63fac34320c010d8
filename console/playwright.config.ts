import { defineConfig } from '@playwright/test';

// The console as people use it: a real server with a real Docker engine and registries, in a real browser.
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/estate.ts',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  // What a slow machine was too late for is tried again, and told as flaky.
  retries: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    contextOptions: { reducedMotion: 'reduce' },
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] },
  },
});
