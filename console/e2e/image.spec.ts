// One image, in both languages: what is told of it, its findings, decisions about them, comparisons.
import type { Page } from '@playwright/test';
import { expect, type Language, open, SPOKEN, shown, signIn, test } from './console';
import { agree, button, choose, close, dialog, inner, rows, tab } from './page';
import { ask, type Image, scanned } from './server';
import { type Words, words } from './texts';

type Step = { page: Page; t: Words; language: Language; image: Image };

/** What each tab shows of the sample. */
const TABS = {
  'texts:kind.vulnerabilities': 'CVE-2021-44228',
  'texts:kind.malware': 'upload.php',
  'texts:kind.secrets': 'srv/shop/.env',
  'texts:kind.baseline': 'etc/shadow',
  'image:tab.software': 'base-files',
  'image:tab.files': 'usr/local/bin/backup',
  'image:tab.layers': 'COPY rootfs/ /',
  'image:tab.configuration': 'NODE_ENV=production',
};

async function tabs({ page, t, image }: Step): Promise<void> {
  await open(page, '/images/local?search=shop%2Fweb');
  await rows(page).filter({ hasText: image.name }).locator('td').nth(3).click();
  const drawer = page.locator('.image-drawer');
  await expect(drawer.locator('h2')).toContainText(image.name);
  await expect(drawer).toContainText(t('image:fixPlan'));
  await expect(drawer.locator('tr').filter({ hasText: 'log4j-core' }).first()).toBeVisible();
  for (const [key, told] of Object.entries(TABS)) {
    await tab(page, t(key));
    await expect(drawer.getByText(told).first()).toBeVisible();
  }
  await tab(page, t('texts:kind.baseline'));
  await drawer.getByText(t('image:view.checks'), { exact: true }).click();
  await expect(
    inner(page)
      .filter({ hasText: t('image:outcome_.pass') })
      .first(),
  ).toBeVisible();
  await tab(page, t('texts:kind.base-image'));
  await expect(page).toHaveURL(/tab=base-image/);
  await tab(page, t('image:tab.hosts'));
  await expect(inner(page)).toHaveCount(1);
}

/** Filters and searches of a tab; the address opens the same elsewhere. */
async function within({ page, t, image }: Step): Promise<void> {
  await tab(page, t('texts:kind.vulnerabilities'));
  const drawer = page.locator('.image-drawer');
  await drawer.getByRole('searchbox').fill('log4j');
  await page.keyboard.press('Enter');
  await expect(inner(page).filter({ hasNotText: 'log4j' })).toHaveCount(0);
  const found = await inner(page).count();
  await choose(
    drawer.getByRole('combobox', { name: t('image:severityTitle'), exact: true }),
    t('texts:severity.critical'),
  );
  await expect(inner(page).filter({ hasNotText: t('texts:severity.critical') })).toHaveCount(0);
  expect(await inner(page).count()).toBeLessThan(found);
  await drawer.getByRole('checkbox', { name: t('image:exploitedOnly') }).check();
  await expect(inner(page).filter({ hasText: 'CVE-2021-44228' })).toHaveCount(1);
  const { search } = new URL(page.url());
  await button(drawer, t('image:openPage')).click();
  await shown(page, `/images/${image.id}`);
  const kept = new URLSearchParams(search);
  await open(page, `/images/${image.id}?tab=vulnerabilities&within=${encodeURIComponent(kept.get('within') ?? '')}`);
  await expect(rows(page)).toHaveCount(await rows(page).filter({ hasText: 'log4j-core' }).count());
  await expect(rows(page).filter({ hasText: 'CVE-2021-44228' })).toHaveCount(1);
  await tab(page, t('texts:kind.secrets'));
  await page.getByRole('searchbox').fill('.env');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(1);
}

/** What is told of one finding. */
async function told({ page, t, image }: Step): Promise<void> {
  await open(page, `/images/${image.id}?tab=vulnerabilities&within=search%3DCVE-2021-44228`);
  await rows(page).first().locator('td').nth(2).click();
  for (const key of ['description', 'advice', 'evidence', 'where', 'broughtBy', 'references', 'ratings']) {
    await expect(dialog(page).getByText(t(`image:${key}`), { exact: true })).toBeVisible();
  }
  await expect(dialog(page)).toContainText('log4j-core');
  await page.reload();
  await expect(dialog(page)).toContainText('CVE-2021-44228');
}

type Decided = { action: string; finish?: (page: Page, t: Words) => Promise<void> };

const DECISIONS: Decided[] = [
  { action: 'ignore' },
  { action: 'whitelist' },
  { action: 'false-positive' },
  {
    action: 'deferral',
    async finish(page, t) {
      await button(dialog(page), t('decisions:decide')).click();
      await expect(dialog(page).getByText(t('decisions:untilNeeded'))).toBeVisible();
      await dialog(page).locator('#until').click();
      await page.locator('.ant-picker-dropdown:visible .ant-picker-header-super-next-btn').click();
      await page.locator('.ant-picker-dropdown:visible .ant-picker-cell-in-view').first().click();
    },
  },
  {
    action: 'deferral',
    async finish(page, t) {
      await dialog(page)
        .getByRole('checkbox', { name: t('decisions:untilFix') })
        .check();
    },
  },
];

/** Each decision about a finding holds in its image, is told with who and why, and is taken back. */
async function decided({ page, t, image, language }: Step): Promise<void> {
  await open(page, `/images/${image.id}?tab=secrets&within=search%3D.env`);
  await rows(page).first().locator('td').nth(2).click();
  for (const [at, { action, finish }] of DECISIONS.entries()) {
    const remark = `why ${at} ${language}`;
    await button(dialog(page), t('image:decide')).click();
    await dialog(page)
      .getByText(t(`decisions:action_.${action}`), { exact: true })
      .click();
    await dialog(page).locator('#remark').fill(remark);
    await finish?.(page, t);
    await button(dialog(page), t('decisions:decide')).click();
    await expect(dialog(page).locator('.ant-alert')).toContainText(remark);
    await expect(dialog(page).locator('.ant-alert')).toContainText(t(`decisions:action_.${action}`));
    // What is on the whitelist is not listed.
    if (action === 'whitelist') await expect(rows(page)).toHaveCount(0);
    else await expect(rows(page).first()).toContainText(t(`decisions:action_.${action}`));
    await expect(dialog(page).getByRole('listitem').filter({ hasText: remark })).toContainText('admin');
    await button(dialog(page), t('image:revoke')).click();
    await agree(page);
    await expect(button(dialog(page), t('image:decide'))).toBeVisible();
  }
  await close(page);
  await expect(rows(page).first()).toContainText(t('image:state_.open'));
}

/** Several findings at once. */
async function several({ page, t, image, language }: Step): Promise<void> {
  await open(page, `/images/${image.id}?tab=baseline`);
  for (const at of [0, 1]) await rows(page).nth(at).locator('input[type=checkbox]').check();
  await expect(page.locator('.batch')).toContainText(t('image:pickedFindings', { count: 2 }));
  await button(page.locator('.batch'), t('image:decide')).click();
  await dialog(page).locator('#remark').fill(`both ${language}`);
  await button(dialog(page), t('decisions:decide')).click();
  await choose(
    page.locator('#page').getByRole('combobox', { name: t('image:stateTitle'), exact: true }),
    t('image:state_.handled'),
  );
  await expect(rows(page)).toHaveCount(2);
  type Row = { decision?: { id: number } };
  const path = `/images/${image.id}/findings?kind=baseline&state=handled`;
  const { items } = await ask<{ items: Row[] }>('GET', path);
  for (const id of new Set(items.map(({ decision }) => decision?.id))) {
    await ask('POST', `/decisions/${id}/revoke`, {});
  }
}

/** Two images, and two scans of one. */
async function compared({ page, t, image }: Step): Promise<void> {
  await button(page, t('image:compare')).click();
  await shown(page, '/compare');
  const right = page.getByRole('combobox', { name: t('compare:right'), exact: true });
  await right.fill('shop/api');
  await page
    .locator('.ant-select-dropdown:visible bdi')
    .and(page.getByTitle('shop/api:2.0', { exact: true }))
    .click();
  await expect(page).toHaveURL(/left=\d+&right=\d+/);
  // Both are of the same content.
  await expect(page.locator('.compared')).toContainText('shop/api:2.0');
  await expect(page.locator('#page .ant-table-tbody .tone-critical')).toHaveCount(0);
  await ask('POST', '/scans', { images: [image.id], checks: ['vulnerabilities'] });
  const scans = () => ask<{ items: unknown[] }>('GET', `/images/${image.id}/scans`);
  await expect.poll(async () => (await scans()).items.length, { timeout: 30_000 }).toBeGreaterThan(1);
  await open(page, `/images/${image.id}?tab=scans`);
  for (const at of [0, 1]) await rows(page).nth(at).locator('input[type=checkbox]').check();
  await button(page, t('image:compareScans')).click();
  await shown(page, '/compare');
  await expect(page).toHaveURL(/left_scan=\d+&right_scan=\d+/);
  await expect(page.locator('.compared time')).toHaveCount(2);
  await tab(page, t('compare:packages'));
  await expect(page).toHaveURL(/part=packages/);
}

for (const language of SPOKEN) {
  test(`an image, ${language}`, async ({ page }) => {
    test.setTimeout(240_000);
    const t = words(language);
    await signIn(page, language);
    const image = await scanned('shop/web');
    const step = { page, t, language, image };
    await test.step('tabs', () => tabs(step));
    await test.step('within', () => within(step));
    await test.step('finding', () => told(step));
    await test.step('decide', () => decided(step));
    await test.step('several', () => several(step));
    await test.step('compare', () => compared(step));
  });
}
