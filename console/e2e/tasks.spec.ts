// Tasks, in both languages: followed, stopped in the middle, failed for a reason, tried again.
import type { Page } from '@playwright/test';
import { expect, type Language, open, SPOKEN, signIn, test } from './console';
import { day } from './fields';
import { agree, button, choose, close, dialog, inner, rows, search } from './page';
import { ask, change, connect, fresh, images, push } from './server';
import { type Words, words } from './texts';

type Step = { page: Page; t: Words; language: Language };
type Registry = { id: number; name: string; images: number[] };

/** The newest task of a name. */
const row = (page: Page, name: string) => rows(page).filter({ hasText: name }).first();

/** A registry, and three images in it that are nowhere else. */
async function registered(language: Language): Promise<Registry> {
  const name = fresh(`tasks-${language}`);
  push(`${name}/own`, 3);
  const id = await connect(name);
  await ask('POST', '/registries/sync', { registries: [id] });
  const found = () => images(`registry=${id}&search=${name}`);
  await expect.poll(async () => (await found()).length, { timeout: 30_000 }).toBe(3);
  return { id, name, images: (await found()).map((image) => image.id) };
}

/** What the scan of all of its images is called. */
const whole = ({ name }: Registry) => `whole ${name}`;

/** A scan of which one image an hour is made, stopped in the middle. */
async function stopped({ page, t }: Step, registry: Registry): Promise<void> {
  const name = whole(registry);
  await change(registry.id, registry.name, { images_per_hour: 1 });
  await open(page, '/tasks');
  await ask('POST', '/scans', { images: registry.images, force: true, name });
  await expect(row(page, name)).toContainText(t('texts:status.running'));
  await expect(row(page, name).locator('.task-counts')).toHaveText(/^[1-9]/, { timeout: 30_000 });
  await button(row(page, name), t('tasks:stop')).click();
  await agree(page);
  await expect(row(page, name)).toContainText(t('texts:status.cancelled'), { timeout: 30_000 });
  await expect(row(page, name)).toContainText(t('tasks:cancelledCount'));
  await row(page, name).locator('.task-name').click();
  await expect(inner(page)).toHaveCount(registry.images.length);
  await choose(
    dialog(page).getByRole('combobox', { name: t('tasks:status'), exact: true }),
    t('texts:status.cancelled'),
  );
  await expect(page).toHaveURL(/jobs=cancelled/);
  await expect(inner(page).filter({ hasNotText: t('texts:status.cancelled') })).toHaveCount(0);
  await expect(inner(page).first()).toBeVisible();
  await close(page);
}

/** A scan that a registry refuses, tried again once it no longer does. */
async function failed({ page, t }: Step, { id, name, images: all }: Registry): Promise<void> {
  await change(id, name, { password: 'wrong' });
  const task = await ask<{ id: number }>('POST', '/scans', {
    images: all,
    force: true,
    name: `${name} again`,
  });
  await open(page, `/tasks?task=${task.id}`);
  const reason = t('texts:failure.authentication_failed');
  await expect(inner(page).filter({ hasText: reason })).toHaveCount(3, { timeout: 40_000 });
  await inner(page).first().locator('.ant-table-row-expand-icon').click();
  await expect(dialog(page).locator('.job-more p').first()).not.toBeEmpty();
  await change(id, name, {});
  await button(dialog(page), t('tasks:retry')).click();
  await agree(page);
  await expect(page).not.toHaveURL((url) => url.searchParams.get('task') === `${task.id}`);
  await expect(inner(page).filter({ hasText: t('texts:status.done') })).toHaveCount(3, { timeout: 30_000 });
  await close(page);
}

async function filtered({ page, t }: Step, registry: Registry): Promise<void> {
  const name = whole(registry);
  await search(page, name);
  await expect(rows(page)).toHaveCount(1);
  await page.locator('.search-box').getByRole('searchbox').fill('');
  await choose(
    page.locator('#page').getByRole('combobox', { name: t('tasks:status'), exact: true }),
    t('texts:status.cancelled'),
  );
  await expect(page).toHaveURL(/status=cancelled/);
  await expect(rows(page).filter({ hasNotText: t('texts:status.cancelled') })).toHaveCount(0);
  await expect(row(page, name)).toBeVisible();
  await choose(
    page.locator('#page').getByRole('combobox', { name: t('tasks:causeTitle'), exact: true }),
    t('texts:cause.schedule'),
  );
  await expect(row(page, name)).toHaveCount(0);
  await open(page, '/tasks');
  for (const key of ['sync', 'scan'] as const) {
    await page.getByRole('tab', { name: t(`tasks:tab.${key}`) }).click();
    await expect(page).toHaveURL(new RegExp(`tab=${key}`));
    await expect(rows(page).filter({ hasNotText: t(`texts:taskKind.${key}`) })).toHaveCount(0);
    await expect(rows(page).first()).toBeVisible();
  }
  await page.getByRole('tab', { name: t('tasks:tab.other') }).click();
  await page.getByText(t('texts:taskKind.engines'), { exact: true }).first().click();
  await expect(page).toHaveURL(/kind=engines/);
  await expect(rows(page).filter({ hasNotText: t('texts:taskKind.engines') })).toHaveCount(0);
}

/** What became of each registry that was listed: what it has, or why that is not known. */
async function listed({ page, t }: Step, { id, name }: Registry): Promise<void> {
  const other = await connect(`${name}-refused`);
  await change(other, `${name}-refused`, { password: 'wrong' });
  const task = await ask('POST', '/registries/sync', { registries: [id, other] });
  await open(page, `/tasks?task=${task.id}`);
  const [well, refused] = [inner(page).filter({ hasNotText: 'refused' }), inner(page).filter({ hasText: 'refused' })];
  await expect(well).toContainText(t('texts:status.done'), { timeout: 30_000 });
  await expect(refused).toContainText(t('texts:failure.authentication_failed'), { timeout: 30_000 });
  type Listing = {
    repositories: number;
    images: number;
    changed: number;
    gone: number;
    failed: number;
    unread: number;
  };
  type Job = { registry: string; listing?: Listing };
  const { items } = await ask<{ items: Job[] }>('GET', `/tasks/${task.id}/jobs`);
  const listing = items.find((job) => job.registry === name)?.listing;
  expect(listing?.images).toBeGreaterThan(3);
  await expect(well).toContainText(name);
  await expect(well).toContainText(t('tasks:listing', listing));
  await well.locator('.ant-table-row-expand-icon').click();
  await expect(dialog(page).locator('.job-more')).toContainText(t('tasks:listingMore', listing));
  await expect(dialog(page).locator('.job-more')).toContainText(t('tasks:listingWhole'));
  await close(page);
  await ask('DELETE', `/registries/${other}`);
}

/** Exports have a tab of their own. */
async function exported({ page, t, language }: Step): Promise<void> {
  const name = fresh(`file-${language}`);
  await ask('POST', '/exports', { subject: 'images', format: 'csv', language, days: 1, name });
  await open(page, '/tasks');
  await page.getByRole('tab', { name: t('tasks:tab.export') }).click();
  await expect(page).toHaveURL(/tab=export/);
  await expect(row(page, name)).toContainText(t('texts:status.done'), { timeout: 30_000 });
  await expect(rows(page).filter({ hasNotText: t('texts:taskKind.export') })).toHaveCount(0);
}

/** Tasks that were asked for within some days. */
async function within({ page, t }: Step, { name }: Registry): Promise<void> {
  await open(page, `/tasks?search=${name}`);
  const field = (key: string) => page.getByPlaceholder(t(`tasks:${key}`), { exact: true });
  const period = async (from: number, to: number) => {
    await field('since').click();
    for (const [key, later] of [
      ['since', from],
      ['until', to],
    ] as const) {
      await field(key).fill(`${day(later)} 12:00`);
      await field(key).press('Enter');
    }
    await expect(page.locator('.ant-picker-dropdown:visible')).toHaveCount(0);
    const since = new Date(`${day(from)}T12:00`).getTime();
    await expect(page).toHaveURL((url) => url.searchParams.get('since') === `${since}`);
    await expect(page).toHaveURL((url) => url.searchParams.has('until'));
  };
  await expect(row(page, name)).toBeVisible();
  await period(2, 3);
  await expect(page.getByText(t('tasks:empty'))).toBeVisible();
  await period(-1, 1);
  await expect(row(page, name)).toBeVisible();
}

/** A task that runs is followed from above all pages, and is stopped: as much is given up as had not ended. */
async function followed({ page, t }: Step, registry: Registry): Promise<void> {
  const name = `bell ${registry.name}`;
  await change(registry.id, registry.name, { images_per_hour: 1 });
  await open(page, '/hosts');
  const task = await ask('POST', '/scans', { images: registry.images, force: true, name });
  const bell = button(page, t('texts:runningTasks'));
  await expect(page.locator('header .ant-badge-count')).toBeVisible();
  await bell.click();
  const line = page.locator('.running-task').filter({ hasText: name });
  await expect(line.getByRole('progressbar')).toBeVisible();
  await line.getByRole('link').click();
  await expect(page).toHaveURL((url) => url.pathname === '/tasks' && url.searchParams.get('task') === `${task.id}`);
  await expect(inner(page)).toHaveCount(registry.images.length);
  await expect(
    inner(page)
      .filter({ hasText: t('texts:status.waiting') })
      .first(),
  ).toBeVisible();
  await button(dialog(page), t('tasks:stop')).click();
  await agree(page);
  const told = page.locator('.ant-message-notice');
  await expect(told).toBeVisible();
  const text = (await told.textContent()) ?? '';
  const state = () => ask<{ status: string; cancelled: number }>('GET', `/tasks/${task.id}`);
  await expect.poll(async () => (await state()).status, { timeout: 30_000 }).toBe('cancelled');
  expect(text).toContain(t('tasks:stopped', { count: (await state()).cancelled }));
  await close(page);
  await bell.click();
  await expect(page.locator('.running').getByRole('link', { name: t('texts:allTasks') })).toBeVisible();
  await expect(line).toHaveCount(0);
  await change(registry.id, registry.name, {});
}

for (const language of SPOKEN) {
  test(`tasks, ${language}`, async ({ page }) => {
    const step = { page, t: words(language), language };
    await signIn(page, language);
    test.setTimeout(150_000);
    const registry = await registered(language);
    await test.step('stop', () => stopped(step, registry));
    await test.step('fail and retry', () => failed(step, registry));
    await test.step('filters', () => filtered(step, registry));
  });

  test(`what tasks tell, ${language}`, async ({ page }) => {
    const step = { page, t: words(language), language };
    await signIn(page, language);
    test.setTimeout(150_000);
    const registry = await registered(language);
    await test.step('listing', () => listed(step, registry));
    await test.step('exports', () => exported(step));
    await test.step('period', () => within(step, registry));
    await test.step('bell', () => followed(step, registry));
  });
}
