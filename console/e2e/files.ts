// Files that people are given: exports are asked for, links are followed.
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { expect } from './console';
import { choose, dialog, rows } from './page';
import type { Words } from './texts';

/** What a link or a button gives as a file. */
export async function given(from: Locator): Promise<Buffer> {
  const [download] = await Promise.all([from.page().waitForEvent('download'), from.click()]);
  return readFileSync(await download.path());
}

/** The file of an export in the list of them, as its link gives it. */
export async function file(page: Page, name: string): Promise<Buffer> {
  const link = rows(page, name).locator('a[href*="/file"]');
  await expect(link).toBeVisible({ timeout: 30_000 });
  return given(link);
}

/** Asks for a file in the dialog that is open. */
export async function wanted(page: Page, t: Words, name: string, subject: string, format: string): Promise<void> {
  await choose(dialog(page).locator('#subject'), t(`exports:subject_.${subject}`));
  await dialog(page)
    .getByText(t(`exports:format_.${format}`), { exact: true })
    .click();
  await dialog(page).locator('#name').fill(name);
}
