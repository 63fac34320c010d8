// What the tests of forms do: fill in fields of every kind, and read what is wrong with them.
import type { Locator, Page } from '@playwright/test';
import { expect } from './console';
import { dialog } from './page';

/** Why a form was refused, in it: all of `parts` are told. */
export async function refused(page: Page, ...parts: (string | RegExp)[]): Promise<void> {
  const alert = dialog(page).getByRole('alert').filter({ visible: true }).first();
  for (const part of parts) await expect(alert).toContainText(part);
}

/** What a field says is wrong with it. */
export async function faulty(field: Locator, text: string): Promise<void> {
  const item = field.locator('xpath=ancestor::*[contains(@class, "ant-form-item ")][1]');
  await expect(item.locator('.ant-form-item-explain-error')).toHaveText(text);
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
