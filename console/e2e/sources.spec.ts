// Images from elsewhere, and where images are, in both languages: registries, archives, hosts, containers, base images.
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, type Language, open, SPOKEN, signIn, test } from './console';
import { agree, button, choose, close, dialog, inner, rows, search } from './page';
import { ask, change, connect, docker, fresh, images, push, scanned } from './server';
import { type Words, words } from './texts';

type Step = { page: Page; t: Words; language: Language };

/** A data update of one registry brings its images. */
async function synced({ page, t }: Step, name: string): Promise<void> {
  await open(page, '/images/registry');
  await button(page, t('texts:guide')).click();
  await expect(dialog(page).getByRole('listitem')).toHaveCount(6);
  await close(page);
  await button(page.locator('.page-head'), t('repository:sync')).click();
  await dialog(page).getByText(t('sync:scope_.registries'), { exact: true }).click();
  const picker = dialog(page).getByRole('combobox', { name: t('sync:registries'), exact: true });
  await picker.fill(name);
  await page.locator('.ant-select-dropdown:visible').getByTitle(name, { exact: true }).click();
  await picker.press('Escape');
  await button(dialog(page), t('sync:now')).click();
  await expect(dialog(page)).toHaveCount(0);
  await choose(page.getByRole('combobox', { name: t('texts:searchIn'), exact: true }), t('images:field.registry_name'));
  await page.locator('.search-box').getByRole('searchbox').fill(name);
  await page.keyboard.press('Enter');
  await expect(rows(page).first()).toBeVisible({ timeout: 30_000 });
  await expect(rows(page).filter({ hasNotText: name })).toHaveCount(0);
}

/** A row of several platforms opens; one of them is scanned by itself. */
async function platforms({ page, t }: Step, name: string): Promise<void> {
  await open(page, `/images/registry?registry_name=${name}&search=proxy`);
  const row = rows(page).filter({ hasText: 'tools/proxy' });
  await expect(row).toContainText(t('images:multiple'));
  await row.locator('.ant-table-row-expand-icon').click();
  const children = page.locator('#page .ant-table-expanded-row tr.ant-table-row');
  await expect(children).toHaveCount(2);
  const arm = children.filter({ hasText: 'linux/arm64' });
  await arm.getByRole('button', { name: new RegExp(`^(${t('images:scan')}|${t('images:rescan')})$`) }).click();
  await button(dialog(page), t('images:scanNow')).click();
  await expect(arm).toContainText(t('texts:status.scanned'), { timeout: 30_000 });
  await arm.locator('td').first().click();
  await expect(page.locator('.image-drawer')).toContainText('linux/arm64');
  await close(page);
  await row.locator('.whole-name').click();
  await expect(inner(page)).toHaveCount(2);
  await close(page);
}

async function filters({ page, t }: Step, name: string): Promise<void> {
  await open(page, `/images/registry?registry_name=${name}`);
  await choose(page.getByRole('combobox', { name: t('sync:kinds'), exact: true }), /OCI/);
  await expect(page).toHaveURL(/registry_kind=oci/);
  await page.getByRole('checkbox', { name: t('images:latestOnly') }).check();
  await expect(rows(page).filter({ hasText: 'tools/backup' })).toHaveCount(1);
  await choose(page.getByRole('combobox', { name: t('texts:searchIn'), exact: true }), t('images:field.namespace'));
  await page.locator('.search-box').getByRole('searchbox').fill('tools');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/namespace=tools/);
  await expect(rows(page).filter({ hasNotText: 'tools/' })).toHaveCount(0);
}

/** Where only one image an hour may be pulled, the others wait: one is given up by its row, the rest as a batch. */
async function givenUp({ page, t }: Step, name: string, registry: number): Promise<void> {
  await change(registry, name, { images_per_hour: 1 });
  await open(page, `/images/registry?registry_name=${name}&search=${name}%2Fown`);
  await page.locator('#page thead input[type=checkbox]').check();
  await button(page.locator('.batch'), t('images:rescan')).click();
  await expect(dialog(page).getByRole('checkbox', { name: t('images:force') })).toBeChecked();
  await button(dialog(page), t('images:scanNow')).click();
  const row = rows(page)
    .filter({ hasText: t('texts:status.waiting') })
    .first();
  const image = (await row.locator('.whole-name').textContent()) ?? '';
  await button(row, t('images:cancelScan')).click();
  await expect(rows(page).filter({ hasText: image })).toContainText(t('texts:status.cancelled'));
  await button(page.locator('.batch'), t('images:cancelScan')).click();
  await agree(page);
  for (const state of ['waiting', 'scanning']) {
    await expect(rows(page).filter({ hasText: t(`texts:status.${state}`) })).toHaveCount(0);
  }
  await change(registry, name, {});
  await button(rows(page).filter({ hasText: image }), t('images:rescan')).click();
  await button(dialog(page), t('images:scanNow')).click();
  await expect(rows(page).filter({ hasText: image })).toContainText(t('texts:status.scanned'), { timeout: 30_000 });
}

/** An archive is handed in, and scanned by that. */
async function archive({ page, t, language }: Step): Promise<void> {
  const path = join(tmpdir(), `lazaret-e2e-${process.pid}-${language}.tar`);
  const name = `handed/in:${fresh(language)}`;
  docker(['save', '-o', path, 'shop/web:1.0']);
  await open(page, '/images/archive');
  await button(page.locator('.page-head'), t('archives:upload')).click();
  await expect(button(dialog(page), t('archives:send'))).toBeDisabled();
  await dialog(page).locator('input[type=file]').setInputFiles(path);
  await dialog(page).locator('#archive-name').fill(name);
  await button(dialog(page), t('archives:send')).click();
  await expect(dialog(page)).toHaveCount(0, { timeout: 30_000 });
  rmSync(path);
  const row = rows(page).filter({ hasText: name });
  await expect(row).toContainText(t('texts:status.scanned'), { timeout: 30_000 });
  await row.locator('.whole-name').click();
  await expect(page.locator('.image-drawer')).toContainText(t('texts:imageKind.archive'));
  await close(page);
}

/** So slow a line that an upload can be given up, and a file that is large enough for that. */
const SLOW = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 500_000 };
const LARGE = { name: 'large.tar', mimeType: 'application/x-tar', buffer: Buffer.alloc(20_000_000) };

/** An upload is given up in the middle: nothing of it is there, and another begins anew. */
async function unfinished({ page, t, language }: Step): Promise<void> {
  const name = `given/up:${fresh(language)}`;
  const line = await page.context().newCDPSession(page);
  await line.send('Network.enable');
  await line.send('Network.emulateNetworkConditions', SLOW);
  await open(page, '/images/archive');
  await button(page.locator('.page-head'), t('archives:upload')).click();
  await dialog(page).locator('input[type=file]').setInputFiles(LARGE);
  await dialog(page).locator('#archive-name').fill(name);
  const ended = page.waitForEvent('requestfailed', {
    predicate: (request) => request.url().includes('/images/upload'),
    timeout: 30_000,
  });
  await button(dialog(page), t('archives:send')).click();
  const bar = dialog(page).getByRole('progressbar', { name: t('archives:progress') });
  await expect(bar).toHaveAttribute('aria-valuenow', /^[1-9]\d?$/);
  await expect(dialog(page).locator('#archive-name')).toBeDisabled();
  await button(dialog(page), t('texts:cancel')).click();
  await ended;
  await expect(dialog(page)).toHaveCount(0);
  await line.send('Network.emulateNetworkConditions', { ...SLOW, uploadThroughput: -1 });
  expect(await images(`search=${encodeURIComponent(name)}`)).toEqual([]);
  await button(page.locator('.page-head'), t('archives:upload')).click();
  await expect(button(dialog(page), t('archives:send'))).toBeDisabled();
  await expect(dialog(page).locator('#archive-name')).toHaveValue('');
  await button(dialog(page), t('texts:cancel')).click();
  await expect(dialog(page)).toHaveCount(0);
}

async function hosts({ page, t }: Step): Promise<void> {
  await open(page, '/hosts');
  await rows(page).first().locator('td').nth(5).click();
  await expect(page.locator('#page .ant-table-expanded-row')).toContainText('Docker');
  await expect(page).toHaveURL(/host=\d+/);
  await page.locator('.ant-segmented').getByText(t('hosts:view_.engines'), { exact: true }).click();
  await expect(
    rows(page)
      .filter({ hasText: t('hosts:readable') })
      .first(),
  ).toBeVisible();
  await rows(page).filter({ hasText: 'Docker' }).getByRole('link').first().click();
  await expect(page).toHaveURL(/\/images\/local\?engine=\d+/);
  await expect(rows(page).filter({ hasText: 'shop/web:1.0' })).toBeVisible();
}

async function containers({ page, t }: Step): Promise<void> {
  await open(page, '/containers');
  await search(page, 'web-1');
  await choose(
    page.locator('#page').getByRole('combobox', { name: t('containers:column.state'), exact: true }),
    t('containers:state.created'),
  );
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().locator('td').first().click();
  await expect(dialog(page)).toContainText('/bin/sh');
  await expect(page).toHaveURL(/container=\d+/);
  await dialog(page).getByRole('link', { name: 'shop:1.0' }).click();
  await expect(page).toHaveURL(/\/images\/\d+$/);
}

/** An image is approved as a base, the others fail; the list as a text, and without it again. */
async function bases({ page, t, language }: Step): Promise<void> {
  const remark = `approved ${language}`;
  await ask('POST', '/scans', { filter: { kind: ['registry'], search: 'tools/backup' } });
  await open(page, '/bases?view=approved');
  await button(page, t('bases:approve')).click();
  await dialog(page).getByRole('searchbox').fill('shop/api:2.0');
  await dialog(page).getByRole('checkbox', { name: 'shop/api:2.0', exact: true }).click();
  await dialog(page).locator('#bases-remark').fill(remark);
  await button(dialog(page), t('bases:approveNow')).click();
  await expect(rows(page).filter({ hasText: 'shop/api:2.0' })).toBeVisible();
  await button(page, t('bases:asText')).click();
  const content = dialog(page).locator('#content');
  await expect(content).toHaveValue(/"version": 1/);
  await content.fill('{');
  await button(dialog(page), t('texts:save')).click();
  await expect(dialog(page).getByText(t('bases:notAList'))).toBeVisible();
  await button(dialog(page), t('texts:cancel')).click();
  await page.getByRole('tab').first().click();
  const failing = page.getByRole('tabpanel');
  const seek = async (name: string) => {
    await failing.getByRole('searchbox').fill(name);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL((url) => url.searchParams.get('search') === name);
  };
  await seek('tools/backup');
  await expect(failing.locator('tr.ant-table-row').first()).toBeVisible({ timeout: 30_000 });
  // It has the layers that are approved.
  await seek('shop/web');
  await expect(failing.getByText(t('images:nothingFits'))).toBeVisible();
  await page.getByRole('tab').nth(1).click();
  await button(rows(page).filter({ hasText: 'shop/api:2.0' }), t('bases:remove')).click();
  await agree(page);
  await expect(page.getByText(t('bases:noBase'))).toBeVisible();
}

for (const language of SPOKEN) {
  test(`images from elsewhere, ${language}`, async ({ page }) => {
    test.setTimeout(240_000);
    const step = { page, t: words(language), language };
    const name = fresh(`elsewhere-${language}`);
    await signIn(page, language);
    push(`${name}/own`, 3);
    const registry = await connect(name);
    await scanned('shop/api');
    await test.step('registry', () => synced(step, name));
    await test.step('platforms', () => platforms(step, name));
    await test.step('filters', () => filters(step, name));
    await test.step('give up', () => givenUp(step, name, registry));
    await test.step('archive', () => archive(step));
    await test.step('hosts', () => hosts(step));
    await test.step('containers', () => containers(step));
    await test.step('base images', () => bases(step));
  });
  test(`an archive given up, ${language}`, async ({ page }) => {
    await signIn(page, language);
    await unfinished({ page, t: words(language), language });
  });
}
