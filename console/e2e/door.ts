// The way in and out, also for others than the administrator.
import type { Browser, Page } from '@playwright/test';
import type { Role } from '../src/app/session';
import { estate, expect, type Language } from './console';
import { faulty } from './fields';
import { closed, dialog, press, pressAbove, rows } from './page';
import type { Words } from './texts';

export const OWN = 'four words nobody guesses';

/** A browser of somebody else, whose requests that fail are written down. */
export async function another(browser: Browser, language: Language): Promise<{ page: Page; failed: string[] }> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const failed: string[] = [];
  page.on('response', (answer) => {
    if (answer.status() >= 400) failed.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`);
  });
  await page.addInitScript((chosen) => localStorage.setItem('lazaret.language', chosen), language);
  await page.goto(estate.server);
  return { page, failed };
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

/** What is shown once. */
export async function once(page: Page, t: Words): Promise<string> {
  const value = (await dialog(page).locator('.once code').textContent()) ?? '';
  await press(dialog(page), t('once:taken'));
  await closed(page);
  await expect(page.getByText(value, { exact: true })).toHaveCount(0);
  return value;
}

/** Makes an account, and gives its first password. */
export async function made(page: Page, t: Words, login: string, role: Role): Promise<string> {
  await pressAbove(page, t('accounts:make'));
  await dialog(page).locator('#login').fill(login);
  await dialog(page)
    .getByText(t(`texts:role.${role}`), { exact: true })
    .click();
  await press(dialog(page), t('accounts:create'));
  await expect(dialog(page)).toContainText(t('accounts:passwordOf', { login }));
  const password = await once(page, t);
  await expect(rows(page, login)).toContainText(t(`texts:role.${role}`));
  await expect(rows(page, login)).toContainText(t('accounts:mustChange'));
  return password;
}

/** The first sign-in, at which a password of one's own has to be chosen. */
export async function firstSignIn(page: Page, t: Words, login: string, password: string): Promise<void> {
  await enter(page, login, password);
  await expect(page.getByText(t('texts:changePasswordFirst'))).toBeVisible();
  await page.locator('#current').fill(password);
  await page.locator('#new').fill('short');
  await page.locator('#again').fill(OWN);
  await press(page, t('texts:changePassword'));
  await faulty(page.locator('#new'), t('texts:passwordRule'));
  await faulty(page.locator('#again'), t('texts:passwordsDiffer'));
  await page.locator('#new').fill(OWN);
  await press(page, t('texts:changePassword'));
  await expect(page.locator('nav').first()).toBeVisible();
}
