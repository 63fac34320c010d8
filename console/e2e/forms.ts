// What the tests of forms do: fill in fields of every kind, press buttons, answer questions, read what is said.
import type { Locator, Page } from '@playwright/test';
import { expect } from './console';
import type { Words } from './texts';

/** The rows of the list of a page, or those that hold a text. */
export function rows(page: Page, text?: string): Locator {
  const all = page.locator('#page .ant-table-tbody tr.ant-table-row');
  return text === undefined ? all : all.filter({ hasText: text });
}

/** The dialog or drawer that is in front. */
export const front = (page: Page) => page.getByRole('dialog').last();

/** A button by its whole name; its icon may stand before that. */
export function button(place: Page | Locator, name: string): Locator {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return place.getByRole('button', { name: new RegExp(`^([a-z-]+ )?${literal}$`) });
}

/** Presses a button of a place. */
export async function press(place: Page | Locator, name: string): Promise<void> {
  await button(place, name).click();
}

/** Presses a button of what is above the list. */
export async function pressAbove(page: Page, name: string): Promise<void> {
  await press(page.locator('#page .page-head'), name);
}

/** Answers a question by its button once it stands still, and waits until it is gone. */
export async function agree(page: Page, name: string): Promise<void> {
  const question = page.locator('.ant-modal-confirm');
  await expect(button(question, name)).toBeVisible();
  await expect(page.locator('.ant-zoom-appear, .ant-zoom-enter')).toHaveCount(0);
  await press(question, name);
  await expect(question).toHaveCount(0);
}

/** Waits until no dialog is open. */
export async function closed(page: Page): Promise<void> {
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

/** Closes the dialog in front, whose changes are lost. */
export async function dismiss(page: Page): Promise<void> {
  const others = (await page.getByRole('dialog').count()) - 1;
  // A dialog that is still on its way in does not hear the key.
  await expect(async () => {
    if ((await page.getByRole('dialog').count()) > others) await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(others, { timeout: 2000 });
  }).toPass();
}

/** A message that comes and goes. */
export async function said(page: Page, text: string): Promise<void> {
  await expect(page.locator('.ant-message-notice', { hasText: text }).first()).toBeVisible();
}

/** Why a form was refused, in it: all of `parts` are told. */
export async function refused(page: Page, ...parts: (string | RegExp)[]): Promise<void> {
  const alert = front(page).getByRole('alert').filter({ visible: true }).first();
  for (const part of parts) await expect(alert).toContainText(part);
}

/** What a field says is wrong with it. */
export async function faulty(field: Locator, text: string): Promise<void> {
  const item = field.locator('xpath=ancestor::*[contains(@class, "ant-form-item ")][1]');
  await expect(item.locator('.ant-form-item-explain-error')).toHaveText(text);
}

const options = (page: Page) =>
  page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option');

/** Chooses words of a drop-down, which is found by what it holds; one that is chosen already is taken out. */
export async function choose(page: Page, field: Locator, ...labels: (string | RegExp)[]): Promise<void> {
  await field.click();
  for (const label of labels) {
    if (typeof label === 'string' && (await field.isEditable())) await field.fill(label);
    await options(page)
      .and(page.getByTitle(label, { exact: true }))
      .click();
  }
  const several = field.locator('xpath=ancestor::*[contains(@class, "ant-select-multiple")]');
  if (await several.count()) await field.press('Escape');
  await expect(options(page)).toHaveCount(0);
}

/** Types several words into a field that keeps each. */
export async function type(field: Locator, ...words: string[]): Promise<void> {
  for (const word of words) {
    await field.fill(word);
    await field.press('Enter');
  }
}

/** Enters a time of the day, or a day. */
export async function moment(field: Locator, text: string): Promise<void> {
  await field.click();
  await field.fill(text);
  await field.press('Enter');
  await expect(field).toHaveValue(text);
}

/** A day so many days from now, as fields of days have it. */
export function day(later: number): string {
  const at = new Date(Date.now() + later * 86_400_000);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => `${part}`.padStart(2, '0')).join('-');
}

/** Searches a list, and waits until it holds nothing else. */
export async function find(page: Page, text: string): Promise<void> {
  await page.locator('#page .search-box input[type=search], #page .search-box .ant-input').last().fill(text);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL((url) => [...url.searchParams.values()].includes(text));
  await expect(rows(page, text).first()).toBeVisible();
  await expect(rows(page).filter({ hasNotText: text })).toHaveCount(0);
}

/** Signs in on the page of the door, and nothing more. */
export async function enter(page: Page, login: string, password: string): Promise<void> {
  await page.locator('input[autocomplete=username]').fill(login);
  await page.locator('input[autocomplete=current-password]').fill(password);
  await page.keyboard.press('Enter');
}

/** Signs out by the menu of the account. */
export async function leave(page: Page, t: Words): Promise<void> {
  await press(page, t('texts:account'));
  await page.getByRole('menuitem', { name: t('texts:signOut') }).click();
  await expect(page.locator('input[autocomplete=username]')).toBeVisible();
}
