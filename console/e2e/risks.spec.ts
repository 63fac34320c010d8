// What is wrong across images, in both languages: risks, one of them, components, events.
import type { Page } from '@playwright/test';
import { estate, expect, open, SPOKEN, shown, signIn, test } from './console';
import { button, choose, dialog, rows, search } from './page';
import { scanned } from './server';
import { type Words, words } from './texts';

type Step = { page: Page; t: Words };

/** What the sample has of each kind. */
const SAMPLE = {
  vulnerabilities: 'CVE-2021-44228',
  malware: '',
  secrets: '',
  baseline: '',
};

async function kinds({ page, t }: Step): Promise<void> {
  await open(page, '/risks');
  for (const [kind, rule] of Object.entries(SAMPLE)) {
    await page.getByRole('tab', { name: t(`texts:kind.${kind}`) }).click();
    await expect(rows(page).filter({ hasText: rule }).first()).toBeVisible();
  }
  await expect(page).toHaveURL(/kind=baseline/);
  const source = page.getByRole('combobox', { name: t('risks:source'), exact: true });
  await choose(source, t('texts:imageKind.ci'));
  await expect(page).toHaveURL(/source=ci/);
  await expect(rows(page)).toHaveCount(0);
  await button(page, t('images:clearFilters')).click();
  await expect(rows(page).first()).toBeVisible();
}

async function filters({ page, t }: Step): Promise<void> {
  await open(page, '/risks');
  const card = page.locator('.cards').getByRole('button', { name: t('risks:card.exploited') });
  await card.click();
  await expect(card).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(/exploited=true/);
  await expect(rows(page).filter({ hasNotText: t('image:exploited') })).toHaveCount(0);
  await choose(
    page.locator('#page').getByRole('combobox', { name: t('image:severityTitle'), exact: true }),
    t('texts:severity.critical'),
  );
  await choose(
    page.locator('#page').getByRole('combobox', { name: t('image:stateTitle'), exact: true }),
    t('image:state_.open'),
  );
  await page.getByRole('checkbox', { name: t('risks:flag.fixable') }).check();
  await page.getByRole('checkbox', { name: t('risks:flag.has_containers') }).check();
  await choose(page.getByRole('combobox', { name: t('risks:source'), exact: true }), t('texts:imageKind.local'));
  await search(page, 'CVE-2021-44228');
  await expect(rows(page)).toHaveCount(1);
  await button(page, t('risks:byImage')).click();
  await shown(page, '/images/local');
  await expect(page).toHaveURL(/has=vulnerabilities&fixable=true&exploited=true/);
  await page.goBack();
  await shown(page, '/risks');
}

/** The page of a vulnerability, what has it, and the way to the finding in an image. */
async function one({ page, t }: Step): Promise<void> {
  await rows(page).filter({ hasText: 'CVE-2021-44228' }).locator('td').nth(2).click();
  await shown(page, '/risks/vulnerabilities/CVE-2021-44228');
  await expect(page.getByRole('link', { name: /^https:/ }).first()).toBeVisible();
  await expect(page.locator('#page')).toContainText('CVSS');
  await choose(page.getByRole('combobox', { name: t('risks:source'), exact: true }), t('texts:imageKind.local'));
  const row = rows(page).filter({ hasText: 'shop/web:1.0' });
  await expect(row).toContainText('log4j-core');
  await row.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/images\/\d+\?tab=vulnerabilities&finding=/);
  await expect(dialog(page)).toContainText('CVE-2021-44228');
  await expect(dialog(page)).toContainText('log4j-core');
}

async function components({ page, t }: Step): Promise<void> {
  await open(page, '/components');
  await page.locator('#name').fill('org.apache.logging.log4j:log4j-core');
  await page.locator('#version').fill('>=2.0, <2.17');
  await button(page, t('components:search')).click();
  await expect(page).toHaveURL(/version=/);
  const [versions, list] = [page.locator('#page .ant-table').first(), page.locator('#page .list')];
  await expect(list.getByRole('link').filter({ hasText: 'shop/web:1.0' }).first()).toBeVisible();
  await versions.locator('tr.ant-table-row').getByRole('button').first().click();
  await expect(page).toHaveURL((url) => url.searchParams.get('version')?.startsWith('=2.') ?? false);
  await list.getByRole('link').filter({ hasText: 'shop/web' }).first().click();
  await expect(page).toHaveURL(/\/images\/\d+\?tab=software/);
  await expect(page.locator('tr.ant-table-row').filter({ hasText: 'log4j-core' }).first()).toBeVisible();
  await open(page, '/components?name=no-such-package');
  await expect(page.getByText(t('components:nothing'))).toBeVisible();
}

async function events({ page, t }: Step): Promise<void> {
  await open(page, '/events');
  const box = (name: string) => page.locator('#page').getByRole('combobox', { name, exact: true });
  await choose(box(t('events:kind')), t('events:kind_.exploited-vulnerability'));
  await choose(box(t('events:atLeast')), t('texts:severity.high'));
  await expect(page).toHaveURL(/kind=exploited-vulnerability&severity=high/);
  await search(page, 'CVE-1999-0001');
  await expect(page.getByText(t('events:nothingFits'))).toBeVisible();
}

for (const language of SPOKEN) {
  test(`risks, ${language}`, async ({ page }) => {
    expect(estate.engine, 'dockerd, as root, is needed').toBeTruthy();
    test.setTimeout(150_000);
    const step = { page, t: words(language) };
    await signIn(page, language);
    await scanned('shop/web');
    await test.step('kinds', () => kinds(step));
    await test.step('filters', () => filters(step));
    await test.step('one', () => one(step));
    await test.step('components', () => components(step));
    await test.step('events', () => events(step));
  });
}
