// What the form of a registry asks for, in both languages: by its kind, with and without certificates; and the ways from a
// registry to its images and their scans.
import type { Page } from '@playwright/test';
import { estate, expect, type Language, open, SPOKEN, shown, signIn, test } from './console';
import { faulty } from './fields';
import { choose, closed, dialog, press, pressAbove, rows, said } from './page';
import { ask, fresh, images } from './server';
import { type Words, words } from './texts';

type Step = { page: Page; t: Words; language: Language };
type Kind = { kind: string; title: Record<Language, string> };

/** What kinds are called. */
async function titles(language: Language): Promise<(kind: string) => string> {
  const kinds = await ask<Kind[]>('GET', '/registries/kinds');
  return (kind) => kinds.find((known) => known.kind === kind)?.title[language] ?? kind;
}

/** Fields of which each kind has its own. */
const OWN = ['address', 'region', 'instance', 'namespace', 'api_address', 'role', 'external_id', 'api_version'];
const ASKED: Record<string, string[]> = {
  oci: ['address'],
  harbor: ['address', 'namespace', 'api_version'],
  ecr: ['address', 'region', 'instance', 'api_address', 'role', 'external_id'],
  gcr: ['address', 'namespace'],
};
/** What has to be entered, and is not optional elsewhere. */
const NEEDED: Record<string, string[]> = {
  oci: ['address'],
  harbor: ['address'],
  ecr: ['region'],
  gcr: ['namespace'],
};

/** Each kind asks for what it needs, and for nothing else. */
async function kinds({ page, t, language }: Step): Promise<void> {
  const title = await titles(language);
  await open(page, '/registries');
  await pressAbove(page, t('registries:connect'));
  const form = dialog(page);
  const field = (name: string) => form.locator(`#settings_${name}`);
  for (const [kind, asked] of Object.entries(ASKED)) {
    await choose(form.locator('#kind'), title(kind));
    for (const name of OWN) await expect(field(name), `${kind} ${name}`).toHaveCount(asked.includes(name) ? 1 : 0);
    await expect(form.locator('#secrets_session_token')).toHaveCount(kind === 'ecr' ? 1 : 0);
    await expect(form.getByRole('complementary', { name: t('registries:signInHelp') })).not.toBeEmpty();
    await press(form, t('registries:connectNow'));
    for (const name of NEEDED[kind] ?? []) await faulty(field(name), t('texts:required'));
  }
  await press(form, t('texts:cancel'));
  await closed(page);
}

/** A Harbor whose version is told: it stays so, and the list is narrowed to its kind. */
async function harbor({ page, t, language }: Step, name: string): Promise<void> {
  const title = await titles(language);
  await pressAbove(page, t('registries:connect'));
  const form = dialog(page);
  await form.locator('#name').fill(name);
  await choose(form.locator('#kind'), title('harbor'));
  await form.locator('#settings_address').fill('https://harbor.invalid');
  await choose(form.locator('#settings_api_version'), t('registries:version.v2'));
  await press(form, t('registries:connectNow'));
  await said(page, t('registries:added', { name }));
  await closed(page);
  await press(rows(page, name), t('texts:edit'));
  await expect(form).toContainText(t('registries:version.v2'));
  await press(form, t('texts:cancel'));
  await closed(page);
  const kind = page.locator('#page').getByRole('combobox', { name: t('registries:column.kind'), exact: true });
  await choose(kind, title('harbor'));
  await expect(page).toHaveURL(/kind=harbor/);
  await expect(rows(page).filter({ hasNotText: title('harbor') })).toHaveCount(0);
  await expect(rows(page, name)).toHaveCount(1);
  await choose(kind, title('ecr'));
  await expect(page.getByText(t('registries:nothingFits'))).toBeVisible();
}

/** Without a certificate that is known nothing goes, unless none is asked for; what was chosen stays. */
async function unchecked({ page, t, language }: Step, name: string): Promise<void> {
  const title = await titles(language);
  await open(page, '/registries');
  await pressAbove(page, t('registries:connect'));
  const form = dialog(page);
  await form.locator('#name').fill(name);
  await choose(form.locator('#kind'), title('oci'));
  await form.locator('#settings_address').fill(estate.registry ?? '');
  await form.locator('#settings_username').fill(estate.user);
  await form.locator('#secrets_password').fill(estate.password);
  await press(form, t('registries:test'));
  await expect(form.locator('.trace')).toContainText(t('registries:testFailed'), { timeout: 30_000 });
  const checks = form.getByRole('checkbox', { name: t('registries:checkCertificate') });
  await expect(form.getByText(t('registries:certificateHelp'))).toBeVisible();
  await checks.uncheck();
  await expect(form.getByText(t('registries:anyCertificate'))).toBeVisible();
  const plain = form.getByRole('checkbox', { name: t('registries:field.plain_http') });
  await plain.check();
  await press(form, t('registries:test'));
  await expect(form.locator('.trace')).toContainText(t('registries:testWell'), { timeout: 30_000 });
  await press(form, t('registries:connectNow'));
  await said(page, t('registries:added', { name }));
  await closed(page);
  await press(rows(page, name), t('texts:edit'));
  await expect(checks).not.toBeChecked();
  await expect(plain).toBeChecked();
  await press(form, t('texts:cancel'));
  await closed(page);
}

/** A registry is listed from its drawer, changed from there, and leads to its images. */
async function drawn({ page, t }: Step, name: string, other: string): Promise<void> {
  await rows(page, name).locator('bdi').first().click();
  const ways = dialog(page).locator('.registry-actions');
  await expect(ways.getByRole('link')).toHaveText(t('registries:showImages', { count: 0 }));
  await press(ways, t('registries:syncOne'));
  await said(page, t('sync:begun', { count: 1 }));
  await expect(ways.getByRole('link')).not.toHaveText(t('registries:showImages', { count: 0 }), { timeout: 30_000 });
  await press(ways, t('texts:edit'));
  await expect(page.getByRole('dialog')).toHaveCount(2);
  await expect(dialog(page)).toContainText(t('registries:changeTitle', { name }));
  await dialog(page).locator('#name').fill(other);
  await press(dialog(page), t('texts:save'));
  await said(page, t('registries:changed', { name: other }));
  await expect(page.getByRole('dialog')).toHaveCount(1);
  await expect(dialog(page).locator('.ant-drawer-title')).toHaveText(other);
  const count = Number(/\d+/.exec((await ways.getByRole('link').textContent()) ?? ''));
  await ways.getByRole('link').click();
  await shown(page, '/images/registry');
  await expect(page).toHaveURL(/\?registry=\d+$/);
  await expect(rows(page)).toHaveCount(count);
}

/** All images of registries are scanned by one button. */
async function scanned({ page, t }: Step): Promise<void> {
  const id = new URL(page.url()).searchParams.get('registry');
  const { total } = await ask<{ total: number }>('GET', '/images/count?kind=registry');
  await pressAbove(page, t('repository:scan'));
  await expect(dialog(page)).toContainText(t('images:willScan', { count: total }));
  const sent = page.waitForRequest((request) => request.url().endsWith('/scans'));
  await press(dialog(page), t('images:scanNow'));
  expect((await sent).postDataJSON()).toMatchObject({ filter: { kind: ['registry'] }, exclude: [] });
  await closed(page);
  const left = async () => (await images(`registry=${id}`)).filter(({ status }) => status !== 'scanned').length;
  await expect.poll(left, { timeout: 60_000 }).toBe(0);
  await expect(rows(page).filter({ hasNotText: t('texts:status.scanned') })).toHaveCount(0);
}

for (const language of SPOKEN) {
  test(`the form of registries, ${language}`, async ({ page }) => {
    test.setTimeout(180_000);
    const step = { page, t: words(language), language };
    const names = ['harbor', 'unchecked', 'other'].map((name) => fresh(`${name}-${language}`));
    const [first = '', second = '', other = ''] = names;
    await signIn(page, language);
    await test.step('kinds', () => kinds(step));
    await test.step('Harbor', () => harbor(step, first));
    await test.step('certificates', () => unchecked(step, second));
    await test.step('drawer', () => drawn(step, second, other));
    await test.step('one click', () => scanned(step));
    const { items } = await ask<{ items: { id: number; name: string }[] }>('GET', '/registries?limit=100');
    for (const { id, name } of items) if (names.includes(name)) await ask('DELETE', `/registries/${id}`);
  });
}
