// What an operator does in a day, in both languages: look, scan, decide, export, plan, connect.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { estate, expect, LANGUAGES, open, signIn, test } from './console';
import { dialog, rows, search } from './page';
import { revokeAll } from './server';
import { type Words, words } from './texts';

async function scanned(page: Page, t: Words): Promise<void> {
  await open(page, '/images/local');
  await search(page, 'shop/web');
  await expect(rows(page)).toHaveCount(2);
  await page.locator('#page thead input[type=checkbox]').check();
  await page
    .locator('.batch')
    .getByRole('button', { name: t('images:scan'), exact: true })
    .click();
  await dialog(page)
    .getByRole('button', { name: t('images:scanNow') })
    .click();
  await expect(rows(page).filter({ hasText: t('texts:status.scanned') })).toHaveCount(2, { timeout: 60_000 });
  await expect(rows(page).first().locator('.cell-critical')).toBeVisible();
}

async function decided(page: Page, t: Words, remark: string): Promise<void> {
  await rows(page).first().click();
  await page.getByRole('tab', { name: t('texts:kind.vulnerabilities') }).click();
  const findings = dialog(page).locator('.ant-table-tbody tr.ant-table-row');
  const rule = (await findings.first().locator('td button, td a').first().textContent())?.trim() ?? '';
  await findings.first().locator('td').nth(2).click();
  await dialog(page)
    .getByRole('button', { name: t('image:decide'), exact: true })
    .click();
  await dialog(page).locator('#remark').fill(remark);
  await dialog(page)
    .getByRole('button', { name: t('decisions:decide'), exact: true })
    .click();
  await expect(page.getByText(remark).first()).toBeVisible();
  await open(page, '/decisions');
  await expect(rows(page).filter({ hasText: rule }).first()).toBeVisible();
}

async function exported(page: Page, t: Words): Promise<void> {
  await open(page, '/images/local?search=shop%2Fweb');
  await rows(page).first().locator('input[type=checkbox]').check();
  await page
    .locator('.batch')
    .getByRole('button', { name: t('images:export'), exact: true })
    .click();
  await dialog(page).getByText('CSV').click();
  await dialog(page)
    .getByRole('button', { name: t('exports:make') })
    .click();
  await expect(dialog(page)).toHaveCount(0);
  await open(page, '/exports');
  const link = rows(page).first().locator('a[href*="/file"]');
  await expect(link).toBeVisible({ timeout: 30_000 });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const written = readFileSync(await download.path(), 'utf8');
  expect(written).toContain('CVE-2021-44228');
}

async function connected(page: Page, t: Words, name: string): Promise<void> {
  const attempts = [
    { address: estate.registry, authority: true, password: 'wrong', failure: 'authentication_failed' },
    { address: estate.expired, authority: true, password: estate.password, failure: 'tls_failed' },
    { address: estate.registry, authority: false, password: estate.password, failure: 'tls_failed' },
    { address: estate.registry, authority: true, password: estate.password },
  ];
  await open(page, '/registries?make=true');
  await dialog(page).locator('#name').fill(name);
  await dialog(page).locator('#kind').click();
  await page.getByTitle(/OCI/).last().click();
  for (const attempt of attempts) {
    await dialog(page)
      .locator('#settings_address')
      .fill(attempt.address ?? '');
    await dialog(page).locator('#settings_username').fill(estate.user);
    await dialog(page).locator('#secrets_password').fill(attempt.password);
    await dialog(page)
      .locator('#settings_authorities')
      .fill(attempt.authority ? estate.authority : '');
    const tester = dialog(page).getByRole('button', { name: t('registries:test') });
    await tester.click();
    await expect(tester).not.toHaveClass(/loading/, { timeout: 60_000 });
    const told = attempt.failure ? t(`texts:failure.${attempt.failure}`) : t('registries:testWell');
    await expect(dialog(page).getByText(told).first()).toBeVisible({ timeout: 30_000 });
  }
  await dialog(page)
    .getByRole('button', { name: t('registries:connectNow'), exact: true })
    .click();
  await expect(rows(page).filter({ hasText: name })).toBeVisible();
  await rows(page)
    .filter({ hasText: name })
    .getByRole('button', { name: t('registries:syncOne') })
    .click();
  await open(page, `/images/registry?registry_name=${name}`);
  await expect(rows(page).filter({ hasText: 'tools/proxy' })).toBeVisible({ timeout: 30_000 });
}

async function planned(page: Page, t: Words, name: string): Promise<void> {
  await open(page, '/schedules?make=local');
  await dialog(page).locator('#name').fill(name);
  await dialog(page)
    .getByRole('button', { name: t('texts:save'), exact: true })
    .click();
  await expect(rows(page).filter({ hasText: name })).toBeVisible();
}

// What others look at counts again.
test.afterEach(() => revokeAll('e2e '));

for (const language of LANGUAGES) {
  test(`a day of an operator, ${language}`, async ({ page }) => {
    expect(estate, 'dockerd, as root, and docker-registry are needed').toMatchObject({
      engine: expect.any(String),
      registry: expect.any(String),
    });
    test.setTimeout(240_000);
    const t = words(language);
    await signIn(page, language);
    await test.step('scan', () => scanned(page, t));
    await test.step('decide', () => decided(page, t, `e2e ${language}`));
    await test.step('export', () => exported(page, t));
    await test.step('plan', () => planned(page, t, `nightly ${language}`));
    await test.step('connect', () => connected(page, t, `estate-${language}`));
  });
}
