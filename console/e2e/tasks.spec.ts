// Tasks, in both languages: followed, stopped in the middle, failed for a reason, tried again.
import type { Page } from '@playwright/test';
import { expect, type Language, open, SPOKEN, signIn, test } from './console';
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
}
