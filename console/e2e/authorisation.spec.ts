// Which images may be scanned at all: a quota, a rule for new ones, images that are authorised and withdrawn.
import type { Page } from '@playwright/test';
import { expect, open, SPOKEN, signIn, test } from './console';
import { refused, type } from './fields';
import { agree, choose, closed, dialog, press, pressAbove, rows, said } from './page';
import { ask, fresh, make, remove } from './server';
import { type Words, words } from './texts';

/** Images of contents of their own, as each content is counted once. */
const MADE = 3;
let made: string | undefined;

/** The number of a card. */
const card = (page: Page, title: string) =>
  page
    .locator('.card')
    .filter({ has: page.getByText(title, { exact: true }) })
    .locator('.card-number');

async function limited(page: Page, t: Words): Promise<void> {
  await open(page, '/authorisation');
  await expect(page.getByText(t('authorisation:isOff'))).toBeVisible();
  await pressAbove(page, t('authorisation:settings'));
  const form = dialog(page);
  await form.locator('#enabled').click();
  await form.locator('#quota').fill('1');
  await form.locator('#automatic').click();
  await form.locator('#rule_daily').fill('5');
  await choose(form.locator('#rule_kinds'), t('texts:imageKind.archive'));
  await type(form.locator('#rule_names'), 'ours/*');
  await press(form, t('texts:save'));
  await agree(page, t('authorisation:turnOn'));
  await said(page, t('authorisation:saved'));
  await closed(page);
  await expect(card(page, t('authorisation:card.quota'))).toHaveText('1');
  await expect(card(page, t('authorisation:card.used'))).toHaveText('0');
  const rule = page.locator('.authorisation-rule');
  for (const text of [t('texts:imageKind.archive'), 'ours/*', '5']) await expect(rule).toContainText(text);
}

async function granted(page: Page, t: Words): Promise<void> {
  await pressAbove(page, t('authorisation:authorise'));
  await dialog(page).getByText(t('authorisation:scope_.picked'), { exact: true }).click();
  const from = dialog(page).getByLabel(t('images:pickFrom'));
  await from.getByRole('searchbox').fill('shop/web:1.0');
  // It may be in registries, too.
  const wanted = from.locator('li');
  await expect(wanted.filter({ hasNotText: 'shop/web:1.0' })).toHaveCount(0);
  await wanted.first().getByRole('checkbox').check();
  await press(dialog(page), t('authorisation:authoriseNow'));
  await said(page, t('authorisation:authorised', { count: 1, refused: 0 }));
  await closed(page);
  await expect(card(page, t('authorisation:card.left'))).toHaveText('0');
  await expect(page.getByText(t('authorisation:usedUp'))).toBeVisible();
  const entry = rows(page).first();
  for (const text of ['shop/web:1.0', '+1', 'admin', t('authorisation:cause.person')])
    await expect(entry).toContainText(text);
}

/** A quota below what is used is refused; a larger one lets others in, of one kind and at once scanned. */
async function enlarged(page: Page, t: Words): Promise<void> {
  await pressAbove(page, t('authorisation:settings'));
  await dialog(page).locator('#quota').fill('0');
  await press(dialog(page), t('texts:save'));
  await refused(page, '1');
  await dialog(page).locator('#quota').fill('100');
  await dialog(page).locator('#automatic').click();
  await press(dialog(page), t('texts:save'));
  await closed(page);
  await pressAbove(page, t('authorisation:authorise'));
  await dialog(page).getByText(t('authorisation:scope_.kinds'), { exact: true }).click();
  await choose(dialog(page).locator('#kinds'), t('texts:imageKind.local'));
  await dialog(page).locator('#scan').check();
  await press(dialog(page), t('authorisation:authoriseNow'));
  await closed(page);
  await open(page, '/images/local?authorised=false');
  await expect(rows(page)).toHaveCount(0);
  await open(page, '/images/local?authorised=true');
  await expect(rows(page, 'shop/web:1.0')).toHaveCount(1);
}

/** As many as are wanted of those that fit, then one that is picked in its list. */
async function some(page: Page, t: Words): Promise<void> {
  await pressAbove(page, t('authorisation:authorise'));
  await dialog(page).getByText(t('authorisation:scope_.kinds'), { exact: true }).click();
  await choose(dialog(page).locator('#kinds'), t('texts:imageKind.local'));
  await dialog(page).locator('#count').fill('2');
  await press(dialog(page), t('authorisation:authoriseNow'));
  await closed(page);
  // Names of one content count once.
  await expect(card(page, t('authorisation:card.used'))).toHaveText('2');
  await open(page, '/images/local?authorised=false');
  await rows(page).first().locator('input[type=checkbox]').check();
  await press(page.locator('.batch'), t('images:authorise'));
  await expect(page.locator('.ant-modal-confirm')).toContainText(t('images:authoriseHelp', { count: 1 }));
  await agree(page);
  await said(page, t('images:authorised', { count: 1, refused: 0 }));
  await open(page, '/authorisation');
  await expect(card(page, t('authorisation:card.used'))).toHaveText('3');
}

async function everyWithdrawn(page: Page, t: Words): Promise<void> {
  await pressAbove(page, t('authorisation:withdraw'));
  await dialog(page).getByText(t('authorisation:scope_.all'), { exact: true }).click();
  await press(dialog(page), t('authorisation:withdrawNow'));
  await closed(page);
  await expect(card(page, t('authorisation:card.used'))).toHaveText('0');
}

async function withdrawn(page: Page, t: Words): Promise<void> {
  await open(page, '/authorisation');
  await pressAbove(page, t('authorisation:withdraw'));
  await press(dialog(page), t('authorisation:withdrawNow'));
  await expect(dialog(page).getByText(t('texts:required'))).toBeVisible();
  await press(dialog(page), t('texts:cancel'));
  await closed(page);
  await everyWithdrawn(page, t);
  await expect(rows(page).first()).toContainText('−1');
  await some(page, t);
  await everyWithdrawn(page, t);
  await pressAbove(page, t('authorisation:settings'));
  await dialog(page).locator('#enabled').click();
  await dialog(page).locator('#quota').fill('');
  await press(dialog(page), t('texts:save'));
  await closed(page);
  await expect(page.getByText(t('authorisation:isOff'))).toBeVisible();
}

// What other tests scan needs no permission, whatever became of these.
test.afterEach(async () => {
  await ask('POST', '/authorisation/withdraw', { filter: {} });
  await ask('PUT', '/authorisation/settings', { enabled: false, quota: null, rule: null });
  if (made) remove(made, MADE);
  made = undefined;
});

for (const language of SPOKEN) {
  test(`authorisation, ${language}`, async ({ page }) => {
    test.setTimeout(120_000);
    const t = words(language);
    await signIn(page, language);
    made = fresh(`granted/${language}`);
    await make(made, MADE);
    await test.step('limit', () => limited(page, t));
    await test.step('authorise', () => granted(page, t));
    await test.step('enlarge', () => enlarged(page, t));
    await test.step('withdraw', () => withdrawn(page, t));
  });
}
