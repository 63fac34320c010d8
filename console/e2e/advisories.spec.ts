// What is known of vulnerabilities: fetched, set, brought as a file.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { estate, expect, open, SPOKEN, shown, signIn, test } from './console';
import { faulty, type } from './fields';
import { agree, choose, press, pressAbove, rows, said } from './page';
import { type Words, words } from './texts';

/** Waits until nothing is fetched any more. */
async function fetched(page: Page, t: Words): Promise<void> {
  const button = page.getByRole('button', { name: t('advisories:update') });
  await expect(button).not.toHaveClass(/ant-btn-loading/, { timeout: 60_000 });
}

async function updated(page: Page, t: Words): Promise<void> {
  await open(page, '/advisories');
  await fetched(page, t);
  const when = page.locator('.advisory-facts time').first();
  const before = (await when.getAttribute('datetime')) ?? '';
  await pressAbove(page, t('advisories:update'));
  await said(page, t('advisories:updateBegun'));
  await fetched(page, t);
  await expect(page.locator('.ant-alert-error')).toHaveCount(0);
  await expect(when).not.toHaveAttribute('datetime', before);
  await expect(page.locator('.card-number').first()).toHaveText(/^[1-9]\d*$/);
  await page.getByRole('tab', { name: t('advisories:archives') }).click();
  await expect(rows(page, 'npm')).toBeVisible();
  await shown(page, '/advisories?tab=archives');
}

/** A feed more and less, and how often. */
async function set(page: Page, t: Words): Promise<void> {
  await open(page, '/advisories?tab=feeds');
  const feed = rows(page).last().getByRole('switch');
  const was = await feed.isChecked();
  await feed.click();
  await said(page, t('advisories:savedFeeds'));
  await page.reload();
  await expect(feed).toBeChecked({ checked: !was });
  await feed.click();
  await expect(feed).toBeChecked({ checked: was });
  await page.getByRole('tab', { name: t('advisories:settings') }).click();
  await page.locator('#interval_hours').fill('12');
  await choose(page.locator('#event_severity'), t('texts:severity.critical'));
  await type(page.locator('#bundle_keys'), 'no key');
  await press(page.locator('.advisory-settings'), t('texts:save'));
  await faulty(page.locator('#bundle_keys'), t('advisories:keyRule'));
  await page.reload();
  await page.locator('#interval_hours').fill('12');
  await press(page.locator('.advisory-settings'), t('texts:save'));
  await said(page, t('advisories:saved'));
  await page.reload();
  await expect(page.locator('#interval_hours')).toHaveValue('12');
}

/** A key that is well formed (the first of RFC 8032), and nobody's who exports here. */
const ANOTHER_KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

/** Makes a bundle as a machine with a network would; gives its file and the key it is signed with. */
function bundle(directory: string): { file: string; key: string } {
  const file = join(directory, 'advisories.bundle');
  const lazaret = (...more: string[]) =>
    execFileSync(estate.program, ['db', ...more, '--quiet', '--db', join(directory, 'db')], {
      env: { ...process.env, HOME: directory, XDG_DATA_HOME: directory },
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
  lazaret('update', '--mirror', join(import.meta.dirname, '../../sample/advisories'), '--feeds', 'none');
  const key = /signed with (\w+)/.exec(lazaret('export', file))?.[1] ?? '';
  return { file, key };
}

/** A bundle is taken from those alone whose keys are known. */
async function imported(page: Page, t: Words): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-bundle-'));
  const { file, key } = bundle(directory);
  const take = async () => {
    await page.locator('input[type=file]').setInputFiles(file);
    await agree(page, t('advisories:import'));
  };
  const field = page.locator('#bundle_keys');
  const trust = async (...keys: string[]) => {
    await type(field, ...keys);
    await press(page.locator('.advisory-settings'), t('texts:save'));
    await said(page, t('advisories:saved'));
  };
  const trustNobody = async () => {
    const keys = page.locator('.ant-form-item').filter({ has: field }).locator('.ant-select-selection-item');
    if ((await keys.count()) === 0) return;
    for (let left = await keys.count(); left > 0; left -= 1) await field.press('Backspace');
    await trust();
  };
  const failed = page.getByText(t('advisories:failed'));
  await open(page, '/advisories?tab=settings');
  await trustNobody();
  await take();
  await expect(page.locator('.ant-message-error')).toContainText('bundle_keys');
  await trust(ANOTHER_KEY);
  await take();
  await expect(failed).toBeVisible({ timeout: 30_000 });
  await trust(key);
  await take();
  await said(page, t('advisories:importBegun'));
  await expect(failed).toHaveCount(0, { timeout: 30_000 });
  await fetched(page, t);
  await expect(failed).toHaveCount(0);
  await expect(page.locator('.card-number').first()).toHaveText(/^[1-9]\d*$/);
  await trustNobody();
  rmSync(directory, { recursive: true });
}

for (const language of SPOKEN) {
  test(`advisories, ${language}`, async ({ page }) => {
    test.setTimeout(150_000);
    const t = words(language);
    await signIn(page, language);
    await test.step('update', () => updated(page, t));
    await test.step('settings', () => set(page, t));
    await test.step('import', () => imported(page, t));
  });
}
