// The list of local images, in both languages: filters, columns, picking, scans that are followed and given up.
import type { Page } from '@playwright/test';
import { estate, expect, type Language, open, SPOKEN, signIn, test } from './console';
import { agree, button, choose, close, dialog, inner, rows, search } from './page';
import { ask, docker, fresh, images, make, scanned } from './server';
import { seen, watch } from './states';
import { type Words, words } from './texts';

/** Opens a list of images with what is in the engine. */
async function local(page: Page, query = ''): Promise<void> {
  expect(estate, 'dockerd, as root, is needed').toMatchObject({ engine: expect.any(String) });
  await open(page, `/images/local${query}`);
}

type Step = { page: Page; t: Words; language: Language };

const CARDS = {
  critical: 'risk=critical',
  high: 'risk=high',
  focus: 'focus=true',
  running: 'running=true',
  unscanned: 'status=unscanned',
  failed: 'status=failed',
};

/** Each number is a filter: its images are as many as it says, and a second press undoes it. */
async function cards({ page, t }: Step): Promise<void> {
  for (const [key, query] of Object.entries(CARDS)) {
    const card = page.locator('.cards').getByRole('button', { name: t(`images:card.${key}`) });
    const number = (await card.locator('.card-number').textContent()) ?? '';
    await card.click();
    await expect(page).toHaveURL((url) => url.search === `?${query}`);
    await expect(card).toHaveAttribute('aria-pressed', 'true');
    await expect(rows(page)).toHaveCount(Math.min(20, Number(number)));
    await card.click();
    await expect(page).toHaveURL((url) => url.search === '');
    await expect(card).toHaveAttribute('aria-pressed', 'false');
  }
}

async function filters({ page, t }: Step): Promise<void> {
  const box = (key: string) =>
    page.locator('#page').getByRole('combobox', { name: t(`images:column.${key}`), exact: true });
  await choose(box('status'), t('texts:status.scanned'), t('texts:status.failed'));
  await expect(page).toHaveURL(/\?status=scanned&status=failed$/);
  await expect(rows(page).filter({ hasNotText: t('texts:status.scanned') })).toHaveCount(0);
  await choose(box('risk'), t('texts:severity.critical'));
  await choose(box('kinds'), t('texts:kind.malware'));
  await expect(page).toHaveURL(/risk=critical&has=malware$/);
  await expect(rows(page).first()).toContainText(t('texts:severity.critical'));
  await page.getByRole('checkbox', { name: t('images:focusOnly') }).check();
  await page.getByRole('checkbox', { name: t('images:latestOnly') }).check();
  await expect(page).toHaveURL(/focus=true&latest=true$/);
  await expect(rows(page).filter({ hasText: 'shop/web:1.0' })).toHaveCount(0);
  await expect(rows(page).filter({ hasText: 'shop/web:1.1' })).toBeVisible();
  await button(page, t('images:clearFilters')).click();
  await expect(page).toHaveURL((url) => url.search === '');
}

/** What an address is filtered by and no field shows: in words, and let go one by one. */
async function tags({ page, t }: Step): Promise<void> {
  const { items } = await ask<{ items: { id: number; name: string }[] }>('GET', '/hosts?limit=1');
  const [host] = items;
  await local(page, `?host=${host?.id}&multiple=false&scanned_since=${Date.UTC(2020, 0, 2)}&name=shop&tag=1.0`);
  const shown = page.locator('#page .filter-tag');
  const parts = { tag: '1.0', host: host?.name ?? '', multiple: t('texts:no'), scanned_since: '2020' };
  await expect(shown).toHaveCount(4);
  for (const [key, value] of Object.entries(parts)) {
    const tag = shown.filter({ hasText: t('images:filterName', { name: t(`images:field.${key}`) }).trim() });
    await expect(tag).toContainText(value);
    await button(tag, t('images:dropFilter', { name: t(`images:field.${key}`) })).click();
    await expect(tag).toHaveCount(0);
    await expect(page).not.toHaveURL(new RegExp(`[?&]${key}=`));
  }
  await expect(page).toHaveURL(/name=shop/);
  await button(page, t('images:clearFilters')).click();
}

async function searched({ page, t }: Step): Promise<void> {
  const field = page.getByRole('combobox', { name: t('texts:searchIn'), exact: true });
  await choose(field, t('images:field.name'));
  await search(page, 'shop/api');
  await expect(page).toHaveURL(/\?name=shop%2Fapi$/);
  await expect(rows(page)).toHaveCount(1);
  const [image] = await images('kind=local&name=shop/api');
  await page.goBack();
  await choose(field, t('images:field.search'));
  const id = image?.image_id.replace('sha256:', '').slice(0, 12) ?? '';
  await page.locator('.search-box').getByRole('searchbox').fill(id);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`search=${id}`));
  await expect(rows(page)).toHaveCount(5);
  await choose(field, t('images:field.container'));
  await page.locator('.search-box').getByRole('searchbox').fill('web-1');
  await page.keyboard.press('Enter');
  await expect(rows(page).filter({ hasText: 'shop:1.0' })).toHaveCount(1);
}

const headings = (page: Page) => page.locator('#page thead th').allTextContents();

/** Waits for the choice to be kept. */
async function kept(page: Page, act: () => Promise<void>): Promise<void> {
  const told = page.waitForResponse((answer) => answer.request().method() === 'PUT');
  await act();
  expect((await told).ok()).toBe(true);
}

async function columns({ page, t }: Step): Promise<void> {
  const title = (key: string) => t(`images:column.${key}`);
  const gear = button(page, t('texts:columns'));
  await gear.click();
  const chooser = page.locator('.chooser');
  await kept(page, () => button(chooser, t('texts:usualColumns')).click());
  const usual = await headings(page);
  await kept(page, () => chooser.getByRole('checkbox', { name: title('imageId'), exact: true }).click());
  await kept(page, () => chooser.getByRole('checkbox', { name: title('os'), exact: true }).click());
  await kept(page, () => button(chooser, t('texts:moveUp', { name: title('risk') })).click());
  await local(page);
  const chosen = await headings(page);
  expect(chosen).toContain(title('imageId'));
  expect(chosen).not.toContain(title('os'));
  expect(chosen.indexOf(title('risk'))).toBeLessThan(chosen.indexOf(title('status')));
  await gear.click();
  await kept(page, () => button(chooser, t('texts:usualColumns')).click());
  await expect.poll(() => headings(page)).toEqual(usual);
  await page.keyboard.press('Escape');
}

async function sorted({ page, t }: Step): Promise<void> {
  await local(page, '?search=shop');
  const names = () => page.locator('#page .ant-table-tbody tr.ant-table-row .whole-name').allTextContents();
  const heading = page.locator('#page thead th').filter({ hasText: t('images:column.name') });
  await heading.locator('.ant-table-column-title').click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(heading).toHaveAttribute('aria-sort', 'ascending');
  await expect(page.locator('.ant-spin-spinning')).toHaveCount(0);
  const ascending = await names();
  await heading.locator('.ant-table-column-title').click();
  await expect(page).toHaveURL(/descending=true/);
  await expect.poll(names).toEqual([...ascending].reverse());
}

async function picked({ page, t }: Step, repository: string): Promise<void> {
  await local(page, `?repository=${encodeURIComponent(repository)}`);
  const all = page.locator('#page thead input[type=checkbox]');
  const batch = page.locator('.batch');
  await rows(page).nth(1).locator('input[type=checkbox]').check();
  await expect(batch).toContainText(t('images:pickedCount', { count: 1 }));
  await all.check();
  await expect(batch).toContainText(t('images:pickedCount', { count: 4 }));
  await button(batch, t('images:pickAll', { count: 4 })).click();
  await rows(page).nth(1).locator('input[type=checkbox]').uncheck();
  await expect(batch).toContainText(t('images:pickedCount', { count: 3 }));
  await expect(button(batch, t('images:ignore'))).toBeDisabled();
  await button(batch, t('images:clear')).click();
  await expect(batch).toHaveCount(0);
}

/** Scans all rows one after another, and sees each state come by itself. */
async function followed({ page, t }: Step): Promise<void> {
  await page.locator('#page thead input[type=checkbox]').check();
  await watch(page);
  await button(page.locator('.batch'), t('images:scan')).click();
  await dialog(page)
    .getByRole('checkbox', { name: t('images:force') })
    .check();
  await dialog(page).getByRole('spinbutton').fill('1');
  await button(dialog(page), t('images:scanNow')).click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(rows(page).filter({ hasText: t('texts:status.scanned') })).toHaveCount(4, { timeout: 60_000 });
  await expect(page.locator('#page .cell-critical')).toHaveCount(3);
  // Images as small as these may be done before the next state is told.
  const passing = ['waiting', 'scanning'].map((state) => t(`texts:status.${state}`));
  expect(await seen(page)).toMatch(new RegExp(passing.join('|')));
}

/** What happens in the engine shows by itself: an image gets a name, and loses it. */
async function followsEngine({ page, language }: Step): Promise<void> {
  const name = `${fresh(`told-${language}`)}:1`;
  await local(page, `?search=${encodeURIComponent(name)}`);
  await expect(rows(page)).toHaveCount(0);
  docker(['tag', 'shop/web:1.0', name]);
  await expect(rows(page, name)).toHaveCount(1);
  docker(['rmi', name]);
  await expect(rows(page)).toHaveCount(0);
}

/** The scan of images that are picked in the dialog, with fewer checks. */
async function oneClick({ page, t }: Step, repository: string): Promise<void> {
  await button(page.locator('.page-head'), t('local:scan')).click();
  const { total } = await ask<{ total: number }>('GET', '/images/count?kind=local');
  await expect(dialog(page)).toContainText(t('images:willScan', { count: total }));
  await dialog(page).getByText(t('images:scanPicked'), { exact: true }).click();
  await expect(button(dialog(page), t('images:scanNow'))).toBeDisabled();
  const from = dialog(page).getByRole('region', { name: t('images:pickFrom') });
  const to = dialog(page).getByRole('region', { name: t('images:pickedImages') });
  await from.getByRole('searchbox').fill(repository);
  await expect(from.getByRole('checkbox')).toHaveCount(4);
  await from.getByRole('checkbox').nth(0).click();
  await from
    .getByRole('checkbox')
    .nth(2)
    .click({ modifiers: ['Shift'] });
  await expect(to.getByRole('listitem')).toHaveCount(3);
  await to
    .getByRole('button', { name: t('images:takeOut') })
    .first()
    .click();
  const malware = dialog(page)
    .locator('.ant-select-selection-item')
    .filter({ hasText: t('texts:check.malware') });
  await malware.locator('.ant-select-selection-item-remove').click();
  await expect(dialog(page)).toContainText(t('images:willScan', { count: 2 }));
  const sent = page.waitForRequest((request) => request.url().endsWith('/scans'));
  await button(dialog(page), t('images:scanNow')).click();
  const body = (await sent).postDataJSON() as { images: number[]; checks: string[] };
  expect(body.images).toHaveLength(2);
  expect(body.checks).not.toContain('malware');
  await expect(page.getByText(t('images:scanBegun', { count: 2 }))).toBeVisible();
}

/** Numbers of a row lead to what they count. */
async function counts({ page, t }: Step): Promise<void> {
  await local(page, '?name=shop&search=shop:1.0');
  const row = rows(page).filter({ hasText: 'shop:1.0' });
  const number = (key: string) => row.getByRole('button', { name: t(`images:column.${key}`) });
  await number('containers').click();
  await expect(inner(page).filter({ hasText: 'web-1' })).toBeVisible();
  await expect(page).toHaveURL(/tab=containers/);
  await close(page);
  await number('hosts').click();
  await expect(inner(page)).toHaveCount(1);
  await close(page);
  await number('components').click();
  await expect(inner(page).first()).toBeVisible();
  await expect(page).toHaveURL(/tab=software/);
  await close(page);
}

async function updated({ page, t, language }: Step): Promise<void> {
  await local(page, '?repository=late');
  docker(['tag', 'shop:1.0', `late:${language}`]);
  await button(page, t('engines:update')).click();
  const told = page.waitForResponse((answer) => answer.url().endsWith('/engines/refresh'));
  await agree(page);
  expect((await told).ok()).toBe(true);
  await expect(rows(page).filter({ hasText: `late:${language}` })).toBeVisible();
  docker(['rmi', `late:${language}`]);
}

for (const language of SPOKEN) {
  test(`local images, ${language}`, async ({ page }) => {
    test.setTimeout(240_000);
    const step = { page, t: words(language), language };
    const repository = `many/${fresh(language)}`;
    await signIn(page, language);
    await scanned('shop/web');
    await make(repository, 4);
    await local(page);
    await test.step('cards', () => cards(step));
    await test.step('filters', () => filters(step));
    await test.step('tags', () => tags(step));
    await test.step('search', () => searched(step));
    await test.step('columns', () => columns(step));
    await test.step('sort', () => sorted(step));
    await test.step('pick', () => picked(step, repository));
    await test.step('follow', () => followed(step));
    await test.step('one click', () => oneClick(step, repository));
    await test.step('numbers', () => counts(step));
    await test.step('data update', () => updated(step));
    await test.step('what the engine tells', () => followsEngine(step));
  });
}
