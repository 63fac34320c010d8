// What axe says of everything beside the menu pages in light, which `pages.spec.ts` looks at: all of them in dark, and
// what opens above them in both.
import type { Page } from '@playwright/test';
import { PAGES } from '../src/pages';
import { accessible, estate, expect, open, shown, signIn, test } from './console';
import { ask } from './server';
import { words } from './texts';

const t = words('en');
let images: number[];

test.beforeAll(async () => {
  const found = () => ask<{ items: { id: number; status: string }[] }>('GET', '/images?search=shop/&kind=local');
  await ask('POST', '/engines/refresh', {});
  await expect.poll(async () => (await found()).items.length, { timeout: 30_000 }).toBeGreaterThan(1);
  images = (await found()).items.map(({ id }) => id);
  if ((await found()).items.some(({ status }) => status !== 'scanned')) await ask('POST', '/scans', { images });
  const status = async () => [...new Set((await found()).items.map((image) => image.status))];
  await expect.poll(status, { timeout: 60_000 }).toEqual(['scanned']);
});

// Colours that are on their way to others are not what is looked at.
test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => {
      const still = document.createElement('style');
      still.textContent =
        '*, ::before, ::after { transition-duration: 1ms !important; animation-duration: 1ms !important }';
      document.head.append(still);
    });
  });
});

/** What lies above a page. */
const ABOVE = '.ant-drawer, .ant-modal-wrap, .ant-popover, .ant-dropdown';

/** Looks in light at everything, and in dark at what that changes: on the page, or only at what lies above it. */
async function looked(page: Page, above = false): Promise<void> {
  await expect(page.locator('.ant-spin-spinning, .ant-skeleton')).toHaveCount(0);
  if (above) await expect(page.locator(ABOVE).locator('visible=true').first()).toBeVisible();
  const within = above ? ABOVE : undefined;
  await accessible(page, { within });
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(page.locator('html')).toHaveAttribute('data-look', 'dark');
  await accessible(page, { within, rules: ['color-contrast'] });
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(page.locator('html')).toHaveAttribute('data-look', 'light');
}

test('menu pages in dark', async ({ page }) => {
  test.setTimeout(300_000);
  await page.emulateMedia({ colorScheme: 'dark' });
  await signIn(page);
  for (const { path } of PAGES.filter((known) => known.icon)) {
    await page.locator(`nav a[href="${path}"]`).click();
    await shown(page, path);
    await accessible(page, { rules: ['color-contrast'] });
  }
});

test('the door', async ({ page }) => {
  const login = `axe${Date.now()}`;
  const made = await ask<{ account: { id: number }; password: string }>('POST', '/accounts', { login, role: 'viewer' });
  await page.goto(estate.server);
  const password = page.locator('input[autocomplete=current-password]');
  await expect(password).toBeVisible();
  await looked(page);
  await page.locator('input[autocomplete=username]').fill(login);
  await password.fill('wrong');
  await page.keyboard.press('Enter');
  await expect(page.locator('.ant-alert-error')).toBeVisible();
  await looked(page);
  await password.fill(made.password);
  await page.keyboard.press('Enter');
  await expect(page.locator('input[autocomplete=new-password]').first()).toBeVisible();
  await page.locator('button[type=submit]').click();
  await looked(page);
  await ask('DELETE', `/accounts/${made.account.id}`);
});

test('an image', async ({ page }) => {
  test.setTimeout(300_000);
  await signIn(page);
  await open(page, `/images/local?search=shop&image=${images[0]}`);
  const tabs = page.getByRole('dialog').getByRole('tab');
  await expect(tabs.first()).toBeVisible();
  for (const tab of await tabs.all()) {
    await tab.click();
    await expect(page.getByRole('tabpanel')).not.toBeEmpty();
    await looked(page, true);
  }
  for (const kind of ['vulnerabilities', 'secrets', 'baseline', 'malware']) {
    await open(page, `/images/${images[0]}?tab=${kind}`);
    await page.getByRole('tabpanel').locator('.ant-table-row td').last().click();
    await expect(page.locator('.finding')).toBeVisible();
    await looked(page, true);
  }
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('image:decide'), exact: true })
    .click();
  await expect(page.locator('#remark')).toBeVisible();
  await looked(page, true);
});

// What else lies beside the menu: a page, and what is pressed on it until it shows what is meant.
const BESIDE: [path: string, ...pressed: string[]][] = [
  ['/risks/vulnerabilities/CVE-2021-44228'],
  ['/risks/vulnerabilities/CVE-2021-44228', 'risk:decide'],
  ['/components?name=lodash'],
  ['/images/local', 'local:scan', 'images:scanPicked'],
  ['/images/local', 'texts:columns'],
  ['/images/local', 'texts:guide'],
  ['/images/local', 'texts:runningTasks'],
  ['/images/local', 'texts:account'],
  ['/images/local', 'texts:language'],
  ['/images/archive', 'archives:upload'],
  ['/images/registry', 'repository:sync'],
  ['/registries', 'registries:connect'],
  ['/registries', 'registries:nightlyHours'],
  ['/schedules', 'schedules:make'],
  ['/exports', 'exportlist:make'],
  ['/decisions', 'decisionlist:make'],
  ['/bases?tab=approved', 'bases:approve'],
  ['/authorisation', 'authorisation:settings'],
  ['/images/local', 'images:rescan'],
  ['/accounts', 'accounts:make'],
  ['/projects', 'projects:make'],
  ['/tokens', 'tokens:make'],
];

/** Presses what has a name or bears it. */
async function press(page: Page, name: string): Promise<void> {
  const named = page.getByRole('button', { name, exact: true }).or(page.getByText(name, { exact: true }));
  await named.locator('visible=true').last().click();
}

test('what opens above pages', async ({ page }) => {
  test.setTimeout(300_000);
  await signIn(page);
  for (const [path, ...pressed] of BESIDE) {
    await test.step(`${path} ${pressed}`, async () => {
      await open(page, path);
      for (const key of pressed) await press(page, t(key));
      await looked(page, pressed.length > 0);
    });
  }
});

test('rows, tabs and two images', async ({ page }) => {
  test.setTimeout(300_000);
  await signIn(page);
  await open(page, `/compare?left=${images[0]}&right=${images[1]}`);
  await looked(page);
  await open(page, '/advisories');
  await page.getByRole('tab', { name: t('advisories:settings') }).click();
  await looked(page);
  for (const path of ['/tasks', '/containers', '/audit']) {
    await open(page, path);
    await page.locator('#page .ant-table-row td').first().click();
    await looked(page, true);
  }
});

test('authorising', async ({ page }) => {
  const settings = { enabled: true, quota: 100, rule: null };
  await ask('PUT', '/authorisation/settings', settings);
  await signIn(page);
  await open(page, '/authorisation');
  for (const key of ['authorisation:authorise', 'authorisation:withdraw']) {
    await press(page, t(key));
    await looked(page, true);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
});

test.afterAll(() => ask('PUT', '/authorisation/settings', { enabled: false, quota: null, rule: null }));

test('on a phone', async ({ page }) => {
  await signIn(page);
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ['/', '/images/local', `/images/${images[0]}`]) {
    await open(page, path);
    await looked(page);
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
  }
  await page.getByRole('button', { name: t('texts:menu') }).click();
  await looked(page, true);
});
