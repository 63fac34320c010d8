// Registries once they are connected: changed, synchronised, told of what is pushed, forgotten. How one is connected, and
// what becomes of wrong passwords and certificates, is in the journey.
import type { Page } from '@playwright/test';
import { estate, expect, open, SPOKEN, signIn, test } from './console';
import { faulty, moment, refused, type } from './fields';
import { agree, choose, closed, dialog, dismiss, press, pressAbove, rows, said, search } from './page';
import { type Words, words } from './texts';

/** The kind of the registries of the estate, whatever the language. */
const OCI = /OCI/;

type Wanted = { name: string; address?: string; include?: string };

/** Connects a registry by its form, as far as that can be pressed. */
async function enter(page: Page, t: Words, { name, address, include }: Wanted): Promise<void> {
  await pressAbove(page, t('registries:connect'));
  const form = dialog(page);
  await form.locator('#name').fill(name);
  await choose(form.locator('#kind'), OCI);
  await form.locator('#settings_address').fill(address ?? '');
  await form.locator('#settings_username').fill(estate.user);
  await form.locator('#secrets_password').fill(estate.password);
  await form.locator('#settings_authorities').fill(estate.authority);
  if (include) await type(form.locator('#settings_include'), include);
  await press(form, t('registries:connectNow'));
}

async function connected(page: Page, t: Words, names: string[]): Promise<void> {
  await open(page, '/registries');
  await pressAbove(page, t('registries:connect'));
  await press(dialog(page), t('registries:connectNow'));
  await faulty(dialog(page).locator('#name'), t('texts:required'));
  await press(dialog(page), t('texts:cancel'));
  await closed(page);
  const [first = '', failing = '', spare = ''] = names;
  await enter(page, t, { name: first, address: estate.registry, include: 'tools/**' });
  await said(page, t('registries:added', { name: first }));
  await closed(page);
  await enter(page, t, { name: first, address: estate.registry });
  await refused(page, first);
  await dialog(page).locator('#name').fill(failing);
  await dialog(page)
    .locator('#settings_address')
    .fill(estate.expired ?? '');
  await press(dialog(page), t('registries:connectNow'));
  await closed(page);
  await enter(page, t, { name: spare, address: estate.registry, include: 'no/such/**' });
  await closed(page);
  for (const name of names) await expect(rows(page, name)).toHaveCount(1);
}

async function changed(page: Page, t: Words, name: string): Promise<void> {
  await press(rows(page, name), t('texts:edit'));
  const form = dialog(page);
  await expect(form.locator('#kind')).toBeDisabled();
  await expect(form.locator('#secrets_password')).toHaveCount(0);
  await type(form.locator('#settings_exclude'), 'tools/backup:3.1');
  await choose(form.locator('#settings_images_per_hour'), t('rate:own'));
  await form.getByLabel(t('rate:ownRate')).fill('37');
  await form.locator('#settings_nightly').uncheck();
  await form.getByText(t('registries:incremental'), { exact: true }).click();
  await form.locator('#settings_scan_new').check();
  await press(form, t('texts:save'));
  await said(page, t('registries:changed', { name }));
  await closed(page);
  await expect(rows(page, name)).toContainText(t('rate:perHour', { rate: 37 }));
  await press(rows(page, name), t('texts:edit'));
  await expect(form.getByLabel(t('rate:ownRate'))).toHaveValue('37');
  await expect(form.getByText('tools/backup:3.1')).toBeVisible();
  await expect(form.locator('#settings_scan_new')).toBeChecked();
  await form.locator('#settings_address').fill('https://elsewhere.example');
  await expect(form.getByText(t('registries:secretsForced'))).toBeVisible();
  await expect(form.locator('#secrets_password')).toHaveValue('');
  await press(form, t('texts:cancel'));
  await closed(page);
}

/** How long ago it was listed, which is nothing before that. */
const synced = (page: Page, name: string) => rows(page, name).locator('time');

async function synchronised(page: Page, t: Words, [first = '', failing = '', spare = '']: string[]): Promise<void> {
  await expect(synced(page, first)).toHaveCount(0);
  await press(rows(page, first), t('registries:syncOne'));
  await said(page, t('sync:begun', { count: 1 }));
  await expect(synced(page, first)).toBeVisible({ timeout: 30_000 });
  await expect(rows(page, first).getByRole('link')).toHaveText('2');

  await pressAbove(page, t('registries:sync'));
  await dialog(page).getByText(t('sync:scope_.kinds'), { exact: true }).click();
  await press(dialog(page), t('sync:now'));
  await faulty(dialog(page).locator('#kinds'), t('texts:required'));
  await choose(dialog(page).locator('#kinds'), OCI);
  await press(dialog(page), t('sync:now'));
  await closed(page);
  await expect(synced(page, spare)).toBeVisible({ timeout: 30_000 });

  await pressAbove(page, t('registries:sync'));
  await dialog(page).getByText(t('sync:scope_.registries'), { exact: true }).click();
  await choose(dialog(page).locator('#registries'), spare);
  await press(dialog(page), t('sync:now'));
  await said(page, t('sync:begun', { count: 1 }));
  await closed(page);

  await pressAbove(page, t('registries:sync'));
  await press(dialog(page), t('sync:now'));
  await closed(page);
  await expect(rows(page, failing)).toContainText(t('registries:health.failing'), { timeout: 30_000 });
  await rows(page, failing).locator('.explained').focus();
  await rows(page, failing).locator('.explained').hover();
  await expect(page.locator('.ant-popover').getByText(t('texts:failure.tls_failed'))).toBeVisible();

  await rows(page, spare).locator('input[type=checkbox]').check();
  await press(page.locator('.batch'), t('registries:syncPicked'));
  await expect(page.locator('.batch')).toHaveCount(0);
}

async function looked(page: Page, t: Words, [first = '', failing = '']: string[]): Promise<void> {
  await search(page, failing);
  await rows(page, failing).locator('bdi').first().click();
  await expect(dialog(page).locator('.ant-alert-error')).toContainText(t('texts:failure.tls_failed'));
  await press(dialog(page), t('registries:test'));
  await expect(dialog(page).locator('.trace')).toContainText(t('registries:testFailed'), { timeout: 30_000 });
  await expect(dialog(page).locator('.trace .trace-advice')).not.toBeEmpty();
  await expect(dialog(page).locator('.trace')).toContainText(t('registries:notReached'));
  await dismiss(page);
  await search(page, first);
  await rows(page, first).locator('bdi').first().click();
  await expect(dialog(page)).toContainText('tools/backup:3.1');
  await press(dialog(page), t('registries:test'));
  await expect(dialog(page).locator('.trace')).toContainText(t('registries:testWell'), { timeout: 30_000 });
  await expect(dialog(page)).toContainText(t('registries:health.well'));
}

/** What the registry sends, and the status it is answered with. */
async function notice(page: Page, address: string, token: string): Promise<number> {
  const data = { action: 'pushed', repository: 'tools/backup', tag: '3.2' };
  return (await page.request.post(address, { data, headers: { authorization: `Bearer ${token}` } })).status();
}

async function told(page: Page, t: Words): Promise<void> {
  await press(dialog(page), t('registries:column.notices'));
  await press(dialog(page), t('registries:token.make'));
  const lines = dialog(page).locator('.secret-line code');
  await expect(lines).toHaveCount(2);
  const [address = '', token = ''] = await lines.allTextContents();
  await expect(dialog(page).getByText(t('registries:tokenOnce'))).toBeVisible();
  await expect(dialog(page).locator('.snippet')).toContainText(token);
  expect(await notice(page, address, token)).toBe(202);
  await press(dialog(page), t('registries:token.again'));
  await agree(page, t('registries:token.again'));
  await expect(lines.nth(1)).not.toHaveText(token);
  const other = (await lines.nth(1).textContent()) ?? '';
  expect(await notice(page, address, token)).toBe(401);
  expect(await notice(page, address, other)).toBe(202);
  await dismiss(page);
  await expect(page.getByText(other)).toHaveCount(0);
  await press(dialog(page), t('registries:column.notices'));
  await expect(lines).toHaveCount(1);
  await press(dialog(page), t('registries:token.take'));
  await agree(page, t('registries:token.take'));
  await said(page, t('registries:tokenTaken'));
  expect(await notice(page, address, other)).toBe(401);
  await dismiss(page);
  await dismiss(page);
}

async function nightly(page: Page, t: Words): Promise<void> {
  const set = async (from: string, to: string, zone: string) => {
    await pressAbove(page, t('registries:nightlyHours'));
    await moment(dialog(page).locator('#from'), from);
    await moment(dialog(page).locator('#to'), to);
    await choose(dialog(page).locator('#zone'), zone);
    await press(dialog(page), t('texts:save'));
    await said(page, t('registries:nightlySaved'));
    await closed(page);
  };
  await set('23:30', '05:00', 'Asia/Shanghai');
  await page.reload();
  await pressAbove(page, t('registries:nightlyHours'));
  await expect(dialog(page).locator('#from')).toHaveValue('23:30');
  await expect(dialog(page).locator('#to')).toHaveValue('05:00');
  await expect(dialog(page)).toContainText('Asia/Shanghai');
  await dismiss(page);
  await set('00:00', '03:00', 'UTC');
}

async function forgotten(page: Page, t: Words, names: string[], language: string): Promise<void> {
  await open(page, `/registries?search=${language}`);
  const [first = '', ...others] = names;
  await rows(page, first).locator('bdi').first().click();
  await press(dialog(page), t('texts:delete'));
  await expect(page.locator('.ant-modal-confirm')).toContainText(t('registries:deleteTitle', { name: first }));
  await agree(page, t('texts:delete'));
  await said(page, t('registries:deleted', { count: 1 }));
  await closed(page);
  await expect(rows(page, first)).toHaveCount(0);
  for (const name of others) await rows(page, name).locator('input[type=checkbox]').check();
  await press(page.locator('.batch'), t('texts:delete'));
  await agree(page, t('texts:delete'));
  await expect(page.locator('.batch')).toHaveCount(0);
  for (const name of others) await expect(rows(page, name)).toHaveCount(0);
}

for (const language of SPOKEN) {
  test(`registries, ${language}`, async ({ page }) => {
    test.setTimeout(180_000);
    const t = words(language);
    const names = [`tools-${language}`, `failing-${language}`, `spare-${language}`];
    await signIn(page, language);
    await test.step('connect', () => connected(page, t, names));
    await test.step('change', () => changed(page, t, names[0] ?? ''));
    await test.step('synchronise', () => synchronised(page, t, names));
    await test.step('look', () => looked(page, t, names));
    await test.step('tell', () => told(page, t));
    await test.step('nights', () => nightly(page, t));
    await test.step('forget', () => forgotten(page, t, names, language));
  });
}
