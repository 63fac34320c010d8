// Everything without a pointer: the way to the page, into its rows and out again, and where one is can be seen.
import type { Locator, Page } from '@playwright/test';
import { expect, open, shown, signIn, test } from './console';
import { ask } from './server';
import { words } from './texts';

const t = words('en');
const focused = (page: Page) => page.locator(':focus');

test.beforeAll(async () => {
  await ask('POST', '/engines/refresh', {});
  const count = async () => (await ask<{ items: unknown[] }>('GET', '/images?search=shop/&kind=local')).items.length;
  await expect.poll(count, { timeout: 30_000 }).toBeGreaterThan(1);
});

/** Presses Tab until something has the focus. */
async function reach(page: Page, wanted: Locator, most = 100): Promise<void> {
  const has = () => wanted.evaluate((element) => element === document.activeElement);
  for (let pressed = 0; pressed < most && !(await has()); pressed++) await page.keyboard.press('Tab');
  await expect(wanted).toBeFocused();
}

/** What has the focus can be told from what has not. */
async function marked(page: Page): Promise<void> {
  const mark = await focused(page).evaluate((element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return { outline: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2, shadow: boxShadow !== 'none' };
  });
  expect.soft(mark.outline || mark.shadow, await focused(page).evaluate((element) => element.outerHTML)).toBe(true);
}

test('the page is one step away, the menu is next', async ({ page }) => {
  await signIn(page);
  await open(page, '/images/local');
  await page.keyboard.press('Tab');
  await expect(focused(page)).toHaveText(t('texts:skip'));
  await expect(focused(page)).toBeInViewport();
  await marked(page);
  await page.keyboard.press('Enter');
  await expect(page.locator('#page')).toBeFocused();
  await shown(page, '/images/local');
  await page.keyboard.press('Tab');
  await expect(page.locator('#page').locator(':focus')).toBeVisible();

  await open(page, '/images/local');
  await reach(page, page.locator('nav a[href="/risks"]'));
  await marked(page);
  await page.keyboard.press('Enter');
  await shown(page, '/risks');
});

for (const look of ['light', 'dark'] as const) {
  test(`a row opens and closes, ${look}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: look });
    await signIn(page);
    await open(page, '/images/local?search=shop/');
    const row = page.locator('#page .ant-table-row').first();
    await page.locator('#page').focus();
    await reach(page, row);
    await marked(page);
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog');
    await expect(drawer.locator('h2')).toBeVisible();
    await expect(page.locator('.ant-drawer:focus, .ant-drawer :focus')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(row).toBeFocused();
    for (const wanted of [row.locator('input[type=checkbox]'), row.getByRole('button').last()]) {
      await reach(page, wanted);
      await page.keyboard.press('Shift');
    }
    await marked(page);
  });
}

test('tabs are gone through with arrows', async ({ page }) => {
  await signIn(page);
  await open(page, '/images/local?search=shop/');
  await page.locator('#page .ant-table-row').first().focus();
  await page.keyboard.press('Enter');
  const tab = page.getByRole('tab', { selected: true });
  await reach(page, tab);
  await marked(page);
  await page.keyboard.press('ArrowRight');
  await expect(tab).toHaveText(new RegExp(t('texts:kind.vulnerabilities')));
  await expect(tab).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(tab).toHaveText(t('image:tab.configuration'));
});

// What opens by a button of a page closes by Escape, and gives the focus back to that button.
const OPENING: [path: string, button: string][] = [
  ['/images/local', 'texts:guide'],
  ['/images/local', 'local:scan'],
  ['/tokens', 'tokens:make'],
  ['/projects', 'projects:make'],
  ['/registries', 'registries:connect'],
  ['/schedules', 'schedules:make'],
];

test('what opens above a page gives the focus back', async ({ page }) => {
  await signIn(page);
  for (const [path, name] of OPENING) {
    await test.step(name, async () => {
      await open(page, path);
      const button = page.locator('#page .page-head button').filter({ hasText: new RegExp(`^${t(name)}$`) });
      await button.focus();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await expect.soft(button).toBeFocused();
    });
  }
});
