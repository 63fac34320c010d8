// What is different between two images or two scans, in both languages: chosen on the page, looked through, turned round.
import type { Page } from '@playwright/test';
import { expect, type Language, open, SPOKEN, shown, signIn, test } from './console';
import { load } from './handmade';
import { press, rows, tab } from './page';
import { ask, fresh, type Image, scanned } from './server';
import { type Words, words } from './texts';

type Step = { page: Page; t: Words; language: Language; older: Image; newer: Image };

const ALPINE = { 'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.0\n' };

/** What the package manager knows of these packages. */
const installed = (versions: Record<string, string>) =>
  Object.entries(versions)
    .map(([name, version]) => `P:${name}\nV:${version}\nA:x86_64\n\n`)
    .join('');

/** Two images: in the newer one passwords may be read, a package is newer, one has come and one is gone. */
async function two(name: string): Promise<{ older: Image; newer: Image }> {
  const packages = (versions: Record<string, string>) => ({ 'lib/apk/db/installed': installed(versions) });
  const before = { ...ALPINE, ...packages({ kept: '1.0-r0', mended: '1.0-r0', dropped: '4.2-r0' }) };
  const after = { ...ALPINE, ...packages({ kept: '1.0-r0', mended: '2.0-r1', brought: '0.3-r0' }) };
  load(`${name}:1`, before, { config: { Env: ['MODE=one'], User: '1000' } });
  load(`${name}:2`, { ...after, 'etc/shadow': 'root:*:0:0:::::\n' }, { config: { Env: ['MODE=two'], User: '1000' } });
  return { older: await scanned(`${name}:1`), newer: await scanned(`${name}:2`) };
}

const side = (page: Page, name: string) => page.getByRole('combobox', { name, exact: true });

/** Chooses an image of that name on a side. */
async function pick(page: Page, name: string, image: Image): Promise<void> {
  await side(page, name).fill(image.name);
  await page
    .locator('.ant-select-dropdown:visible bdi')
    .and(page.getByTitle(image.name, { exact: true }))
    .click();
}

/** The names of both sides, as they are told. */
const sides = (page: Page) => page.locator('.compared .whole-name');

async function images({ page, t, older, newer }: Step): Promise<void> {
  await open(page, '/compare');
  await expect(page.getByText(t('compare:chooseTwo'))).toBeVisible();
  await pick(page, t('compare:left'), older);
  await pick(page, t('compare:right'), newer);
  await expect(page).toHaveURL((url) => url.search === `?left=${older.id}&right=${newer.id}`);
  await expect(sides(page)).toHaveText([older.name, newer.name]);
  const baseline = rows(page, t('texts:kind.baseline')).locator('td');
  await expect(baseline.nth(1)).toHaveText(/^[1-9]/);
  await expect(baseline.nth(2)).toHaveText('0');
  await expect(page.getByText(t('compare:others', { packages: 3, settings: 1 }))).toBeVisible();
}

/** The lists of the part that is open, by their headings. */
const block = (page: Page, title: string) =>
  page.locator('#page .block').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

/** Each part tells what changed, and leads on. */
async function parts({ page, t }: Step): Promise<void> {
  await tab(page, t('texts:kind.baseline'));
  await expect(page).toHaveURL(/part=baseline/);
  await expect(block(page, t('compare:goneCount', { count: 0 }))).toContainText(t('compare:none'));
  const found = rows(page, 'etc/shadow').first();
  const rule = (await found.getByRole('link').textContent()) ?? '';

  await tab(page, t('compare:packages'));
  await expect(block(page, t('compare:packagesChanged', { count: 1 }))).toContainText(/mended.*1\.0-r0.*2\.0-r1/);
  await expect(block(page, t('compare:packagesAdded', { count: 1 }))).toContainText(/brought.*0\.3-r0/);
  await expect(block(page, t('compare:packagesRemoved', { count: 1 }))).toContainText(/dropped.*4\.2-r0/);
  await expect(rows(page, 'kept')).toHaveCount(0);

  await tab(page, t('compare:configuration'));
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page, t('image:setting.environment'))).toContainText(/MODE=one.*MODE=two/);

  await tab(page, t('texts:kind.baseline'));
  await found.getByRole('link').click();
  await shown(page, `/risks/baseline/${rule}`);
  await page.goBack();
  await shown(page, '/compare');
}

/** Turned round, what was new is gone. */
async function turned({ page, t, older, newer }: Step): Promise<void> {
  const count = Number(/\d+/.exec((await page.locator('#page .block h2').first().textContent()) ?? ''));
  expect(count).toBeGreaterThan(0);
  await press(page, t('compare:swap'));
  await expect(page).toHaveURL((url) => url.search.startsWith(`?left=${newer.id}&right=${older.id}`));
  await expect(sides(page)).toHaveText([newer.name, older.name]);
  await expect(block(page, t('compare:newCount', { count: 0 }))).toContainText(t('compare:none'));
  await expect(block(page, t('compare:goneCount', { count })).locator('tr', { hasText: 'etc/shadow' })).toBeVisible();
  await tab(page, t('compare:packages'));
  await expect(block(page, t('compare:packagesAdded', { count: 1 }))).toContainText('dropped');
  await expect(block(page, t('compare:packagesChanged', { count: 1 }))).toContainText(/2\.0-r1.*1\.0-r0/);
}

/** Two scans of one image are chosen; nothing is new or gone between them, and the images are still there. */
async function scans({ page, t, older, newer }: Step): Promise<void> {
  await ask('POST', '/scans', { images: [newer.id], force: true });
  const all = () => ask<{ items: { id: number }[] }>('GET', `/images/${newer.id}/scans`);
  await expect.poll(async () => (await all()).items.length, { timeout: 30_000 }).toBe(2);
  const ids = (await all()).items.map(({ id }) => id).sort((a, b) => a - b);
  await page.locator('#page .ant-segmented').getByText(t('compare:mode.scans'), { exact: true }).click();
  await expect(page.getByText(t('compare:chooseTwoScans'))).toBeVisible();
  await expect(side(page, t('compare:left'))).toBeDisabled();
  await pick(page, t('compare:image'), newer);
  const options = page.locator('.ant-select-dropdown:visible .ant-select-item-option');
  for (const [name, at] of [
    ['left', 1],
    ['right', 0],
  ] as const) {
    await side(page, t(`compare:${name}`)).click();
    await expect(options).toHaveCount(2);
    await options.nth(at).click();
    await expect(options).toHaveCount(0);
  }
  await expect(page).toHaveURL((url) => url.searchParams.get('left_scan') === `${ids[0]}`);
  await expect(page).toHaveURL((url) => url.searchParams.get('right_scan') === `${ids[1]}`);
  await expect(sides(page)).toHaveText([newer.name, newer.name]);
  await tab(page, t('compare:packages'));
  await expect(block(page, t('compare:packagesChanged', { count: 0 }))).toBeVisible();
  await tab(page, t('texts:kind.baseline'));
  await expect(block(page, t('compare:newCount', { count: 0 }))).toContainText(t('compare:none'));
  await page.reload();
  await expect(sides(page)).toHaveText([newer.name, newer.name]);
  await page.locator('#page .ant-segmented').getByText(t('compare:mode.images'), { exact: true }).click();
  await expect(sides(page)).toHaveText([newer.name, older.name]);
}

for (const language of SPOKEN) {
  test(`comparisons, ${language}`, async ({ page }) => {
    test.setTimeout(150_000);
    const t = words(language);
    await signIn(page, language);
    const step = { page, t, language, ...(await two(fresh(`compared-${language}`))) };
    await test.step('images', () => images(step));
    await test.step('parts', () => parts(step));
    await test.step('turned', () => turned(step));
    await test.step('scans', () => scans(step));
  });
}
