// What a page takes from the network when it is opened for the first time: little enough for a slow line.
import type { Page, Request } from '@playwright/test';
import { PAGES } from '../src/pages';
import { accessible, estate, expect, LANGUAGES, type Language, open, signIn, test } from './console';
import { words } from './texts';

/** What a browser that knows nothing yet loads at most until the overview is whole: markup, scripts, styles, pictures. */
const MOST_BYTES = 400_000;
/** The most questions that a page asks of the server, those of its frame and the stream of changes among them. */
const MOST_REQUESTS = 6;
const MENU = PAGES.filter((known) => known.icon);

const isAsked = (request: Request) => new URL(request.url()).pathname.startsWith('/api/');

/** Listens to what a page asks for from now on, and anew when another address is opened. */
function listen(page: Page) {
  const loaded: Request[] = [];
  const asked: string[] = [];
  const waiting = new Set<Request>();
  page.on('request', (request) => {
    // What the page before was still waiting for is not of this one.
    if (request.isNavigationRequest()) {
      asked.length = 0;
      waiting.clear();
    }
    if (!isAsked(request)) return void waiting.add(request);
    const { pathname } = new URL(request.url());
    asked.push(pathname);
    // A stream has no end.
    if (pathname !== '/api/v1/stream') waiting.add(request);
  });
  page.on('requestfailed', (request) => waiting.delete(request));
  page.on('requestfinished', (request) => {
    waiting.delete(request);
    if (!isAsked(request)) loaded.push(request);
  });
  return {
    asked,
    loaded,
    /** Waits until everything that was asked for has come. */
    settled: () => expect.poll(() => [...waiting].map((request) => request.url())).toEqual([]),
  };
}

/** How many bytes came through the line for files of the console, as they were packed. */
async function bytes(loaded: Request[]): Promise<number> {
  const sizes = await Promise.all(loaded.map(async (request) => (await request.sizes()).responseBodySize));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function measured(name: string, loaded: Request[]): Promise<void> {
  const sum = await bytes(loaded);
  console.log(`${name}: ${sum} bytes in ${loaded.length} files`);
  expect(loaded.length, 'nothing was loaded').toBeGreaterThan(3);
  expect(sum, name).toBeLessThanOrEqual(MOST_BYTES);
}

/** The texts of the other language are not loaded. */
function expectOneLanguage(loaded: Request[], language: Language): void {
  const texts = loaded.map((request) => /\/(en|zh)-[^/]*\.js$/.exec(request.url())?.[1]).filter(Boolean);
  expect(texts).toEqual([language]);
}

for (const language of LANGUAGES) {
  test(`the first load is small, ${language}`, async ({ page, browser }) => {
    await signIn(page, language);
    const storageState = await page.context().storageState();

    const fresh = await browser.newContext({ storageState, viewport: page.viewportSize() });
    const first = await fresh.newPage();
    const { asked, loaded, settled } = listen(first);
    await open(first, '/');
    await settled();
    expect(asked.length, `the overview asks for ${asked}`).toBeLessThanOrEqual(MOST_REQUESTS);
    await first.locator('.panel').last().scrollIntoViewIfNeeded();
    await expect(first.locator('.chart svg')).toBeVisible();
    await expect(first.locator('.health a').first()).toBeVisible();
    await settled();
    await measured(`overview, ${language}`, loaded);
    expectOneLanguage(loaded, language);
    await accessible(first);
    await fresh.close();
  });

  test(`the door is small, ${language}`, async ({ page }) => {
    await page.addInitScript((chosen) => localStorage.setItem('lazaret.language', chosen), language);
    const { asked, loaded, settled } = listen(page);
    await page.goto(estate.server);
    await expect(page.locator('input[autocomplete=current-password]')).toBeVisible();
    await settled();
    await measured(`sign-in, ${language}`, loaded);
    expectOneLanguage(loaded, language);
    expect(asked).toEqual(['/api/v1/me']);
  });
}

test('every page asks for little when it is opened by its address', async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page);
  for (const { path } of MENU) {
    await test.step(path, async () => {
      const { asked, settled } = listen(page);
      await open(page, path);
      await settled();
      page.removeAllListeners('request');
      expect.soft(asked.length, `${path} asks for ${asked}`).toBeLessThanOrEqual(MOST_REQUESTS);
      expect.soft(asked, path).toContain('/api/v1/me');
    });
  }
});

test('what is not there from the start comes when it is opened', async ({ page }) => {
  const t = words('en');
  const button = (key: string) => page.getByRole('button', { name: t(key), exact: true });
  const dialog = page.getByRole('dialog');
  await signIn(page);
  const { asked, settled } = listen(page);
  await open(page, '/images/local');
  await settled();

  await test.step('the guide', async () => {
    await button('texts:guide').click();
    await expect(dialog.getByRole('listitem').first()).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });
  await test.step('the form for another password', async () => {
    await button('texts:account').click();
    await page.getByRole('menuitem', { name: t('texts:changePassword') }).click();
    await expect(dialog.locator('input[autocomplete=current-password]')).toBeVisible();
    await dialog.getByRole('button', { name: t('texts:changePassword') }).click();
    await expect(dialog.getByText(t('texts:required')).first()).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });
  await test.step('the tasks that run', async () => {
    expect(asked).not.toContain('/api/v1/tasks');
    await button('texts:runningTasks').click();
    await expect(page.getByRole('link', { name: t('texts:allTasks') })).toBeVisible();
    await settled();
    expect(asked).toContain('/api/v1/tasks');
  });
  await test.step('the menu of a small screen', async () => {
    await page.setViewportSize({ width: 420, height: 800 });
    await button('texts:menu').click();
    await dialog.getByRole('link', { name: t('components:title') }).click();
    await expect(page).toHaveURL(/\/components$/);
    await expect(dialog).toHaveCount(0);
  });
  await test.step('what is said where nothing is', async () => {
    await page.goto(`${estate.server}/no/such/page`);
    await expect(page.getByText(t('texts:missing'))).toBeVisible();
  });
});
