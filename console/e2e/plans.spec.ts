// Images that are scanned by themselves: schedules with every option.
import type { Page } from '@playwright/test';
import { expect, open, SPOKEN, signIn, test } from './console';
import { day, faulty, moment, refused } from './fields';
import { agree, choose, closed, dialog, press, pressAbove, rows, said, search } from './page';
import { ask } from './server';
import { type Words, words } from './texts';

/** Opens the form of a schedule by its row. */
async function opened(page: Page, name: string): Promise<void> {
  await rows(page, name).locator('bdi').first().click();
  await expect(dialog(page).locator('#name')).toHaveValue(name);
}

/** What is scanned locally: everything of the newest, in certain hours, slowly. */
async function days(page: Page, t: Words, name: string): Promise<void> {
  await open(page, '/schedules?make=local');
  const form = dialog(page);
  await press(form, t('texts:save'));
  await faulty(form.locator('#name'), t('texts:required'));
  await form.locator('#name').fill(name);
  await choose(form.locator('#rhythm_every'), t('schedules:everyDays', { count: 3 }));
  await moment(form.locator('#rhythm_first'), day(2));
  await moment(form.locator('#rhythm_at'), '12:00');
  await moment(form.locator('#window_from'), '01:00');
  await moment(form.locator('#window_to'), '06:00');
  await choose(form.locator('#zone'), 'Asia/Shanghai');
  await choose(form.locator('#checks'), t('texts:check.secrets'), t('texts:check.compliance'));
  await form.locator('#only_latest').check();
  await form.locator('#only_running').check();
  await form.locator('#updated_days').fill('30');
  await choose(form.locator('#per_hour'), t('rate:perHour', { rate: 50 }));
  await form.locator('#parallel').fill('3');
  await press(form, t('texts:save'));
  await refused(page, '12:00');
  await moment(form.locator('#rhythm_at'), '02:30');
  await press(form, t('texts:save'));
  await said(page, t('schedules:made', { name }));
  await closed(page);
  const rhythm = t('schedules:daysAt', { days: t('schedules:everyDays', { count: 3 }), at: '02:30' });
  for (const text of [rhythm, '01:00–06:00', 'Asia/Shanghai', t('schedules:short.latest')])
    await expect(rows(page, name)).toContainText(text);
  await kept(page, t, name);
}

/** The form shows again what was entered. */
async function kept(page: Page, t: Words, name: string): Promise<void> {
  await opened(page, name);
  const form = dialog(page);
  const values = { rhythm_at: '02:30', rhythm_first: day(2), window_from: '01:00', updated_days: '30', parallel: '3' };
  for (const [id, value] of Object.entries(values)) await expect(form.locator(`#${id}`)).toHaveValue(value);
  for (const id of ['only_latest', 'only_running']) await expect(form.locator(`#${id}`)).toBeChecked();
  await expect(form.getByTitle(t('texts:check.malware'), { exact: true })).toBeVisible();
  await expect(form.getByTitle(t('texts:check.secrets'), { exact: true })).toHaveCount(0);
  await press(form, t('texts:cancel'));
  await closed(page);
}

/** Images of registries that fit a filter, by a cron expression. */
async function cron(page: Page, t: Words, name: string): Promise<void> {
  await pressAbove(page, t('schedules:make'));
  const form = dialog(page);
  await form.locator('#name').fill(name);
  await form.getByText(t('schedules:rhythm.cron'), { exact: true }).click();
  await form.locator('#rhythm_expression').fill('every day');
  await choose(form.locator('#targets'), t('texts:imageKind.local'));
  await form.getByText(t('schedules:scope.filter'), { exact: true }).click();
  await choose(form.locator('#filter_registry_kind'), /OCI/);
  await form.locator('#filter_repository').fill('shop/*');
  await choose(form.locator('#filter_status'), t('texts:status.unscanned'), t('texts:status.failed'));
  await choose(form.locator('#filter_risk'), t('texts:severity.critical'));
  await press(form, t('texts:save'));
  await refused(page, 'every day');
  await form.locator('#rhythm_expression').fill('30 2 * * MON-FRI');
  await press(form, t('texts:save'));
  await said(page, t('schedules:made', { name }));
  await closed(page);
  await expect(rows(page, name)).toContainText('30 2 * * MON-FRI');
  await expect(rows(page, name)).toContainText(t('schedules:short.filter'));
  await opened(page, name);
  await expect(form.locator('#filter_repository')).toHaveValue('shop/*');
  await form.locator('#filter_repository').fill('tools/*');
  await choose(form.locator('#filter_risk'), t('texts:severity.high'));
  await form.locator('#enabled').click();
  await press(form, t('texts:save'));
  await said(page, t('schedules:changed', { name }));
  await closed(page);
  await expect(rows(page, name).getByRole('switch')).not.toBeChecked();
  await opened(page, name);
  await expect(form.locator('#filter_repository')).toHaveValue('tools/*');
  await press(form, t('texts:cancel'));
  await closed(page);
}

/** Images that were picked: scanned at once, with what came of it. */
async function picked(page: Page, t: Words, name: string): Promise<void> {
  await open(page, '/schedules?make=local');
  const form = dialog(page);
  await form.locator('#name').fill(name);
  await form.getByText(t('schedules:scope.picked'), { exact: true }).click();
  await press(form, t('texts:save'));
  await expect(form.getByText(t('schedules:pickSome'))).toBeVisible();
  const [from, taken] = [form.getByLabel(t('images:pickFrom')), form.getByLabel(t('images:pickedImages'))];
  await from.getByRole('searchbox').fill('shop/');
  await expect(from.getByRole('checkbox')).toHaveCount(3);
  await from.getByRole('checkbox').first().click();
  await from
    .getByRole('checkbox')
    .nth(2)
    .click({ modifiers: ['Shift'] });
  await expect(taken.getByRole('listitem')).toHaveCount(3);
  await taken
    .getByRole('button', { name: t('images:takeOut') })
    .first()
    .click();
  await expect(form.getByText(t('schedules:fitNow', { count: 2, shown: 2 }))).toBeVisible();
  await press(form, t('texts:save'));
  await said(page, t('schedules:made', { name }));
  await closed(page);
  await press(rows(page, name), t('schedules:run'));
  await agree(page, t('schedules:run'));
  await said(page, t('schedules:begun'));
  await expect(rows(page, name)).toContainText(t('schedules:result.success'), { timeout: 60_000 });
  await rows(page, name).getByRole('link').hover();
  const numbers = page.locator('.ant-popover .numbers');
  await expect(numbers).toContainText(t('schedules:number.succeeded'));
  await page.mouse.move(0, 0);
  await rows(page, name).getByRole('link').click();
  await expect(page).toHaveURL(/\/tasks\?task=/);
  await expect(dialog(page)).toContainText(name);
}

/** Everything but what is left out. */
async function excepted(page: Page, t: Words, name: string): Promise<void> {
  const { total } = await ask<{ total: number }>('GET', '/images/count?kind=local');
  await open(page, '/schedules?make=local');
  const form = dialog(page);
  await form.locator('#name').fill(name);
  await form.getByText(t('schedules:leavesOut'), { exact: true }).click();
  await press(form, t('texts:save'));
  await expect(form.getByText(t('schedules:pickSome'))).toBeVisible();
  const from = form.getByLabel(t('images:pickFrom'));
  await from.getByRole('searchbox').fill('shop/web:1.0');
  await expect(from.getByRole('checkbox')).toHaveCount(1);
  await from.getByRole('checkbox').click();
  await expect(form.getByText(t('schedules:fitNow', { count: total - 1, shown: total - 1 }))).toBeVisible();
  await press(form, t('texts:save'));
  await said(page, t('schedules:made', { name }));
  await closed(page);
  await opened(page, name);
  await expect(form.getByLabel(t('images:pickedImages')).getByRole('listitem')).toHaveText([/^shop\/web:1\.0/]);
  await press(form, t('texts:cancel'));
  await closed(page);
}

async function ended(page: Page, t: Words, names: string[], language: string): Promise<void> {
  await open(page, '/schedules');
  await search(page, language);
  const [first = ''] = names;
  const onOff = rows(page, first).getByRole('switch');
  await onOff.click();
  await said(page, t('schedules:turnedOff', { name: first }));
  await expect(onOff).not.toBeChecked();
  await onOff.click();
  await said(page, t('schedules:turnedOn', { name: first }));
  await expect(onOff).toBeChecked();
  for (const name of names) {
    await press(rows(page, name), t('texts:delete'));
    await agree(page, t('texts:delete'));
    await expect(rows(page, name)).toHaveCount(0);
  }
  await open(page, `/schedules?search=${encodeURIComponent(first)}`);
  await expect(page.getByText(t('schedules:nothingFits'))).toBeVisible();
}

for (const language of SPOKEN) {
  test(`schedules, ${language}`, async ({ page }) => {
    test.setTimeout(180_000);
    const t = words(language);
    const names = [`days ${language}`, `cron ${language}`, `picked ${language}`, `all but ${language}`];
    const [first = '', second = '', third = '', fourth = ''] = names;
    await signIn(page, language);
    await test.step('every few days', () => days(page, t, first));
    await test.step('cron', () => cron(page, t, second));
    await test.step('picked', () => picked(page, t, third));
    await test.step('all but some', () => excepted(page, t, fourth));
    await test.step('end', () => ended(page, t, names, language));
  });
}
