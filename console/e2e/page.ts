// How pages are used: their lists, buttons, drop-downs, tabs, and what opens above them.
import type { Locator, Page } from '@playwright/test';
import { expect } from './console';

/** The rows of the list of a page, or those that hold a text. */
export function rows(page: Page, text?: string): Locator {
  const all = page.locator('#page .ant-table-tbody tr.ant-table-row');
  return text === undefined ? all : all.filter({ hasText: text });
}

/** The dialog or drawer that is in front. */
export const dialog = (page: Page) => page.getByRole('dialog').last();

/** The rows of a list in it. */
export const inner = (page: Page) => dialog(page).locator('.ant-table-tbody tr.ant-table-row');

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

/** Searches a list, and waits until it holds nothing else. */
export async function search(page: Page, text: string): Promise<void> {
  await page.locator('#page .search-box').last().getByRole('searchbox').fill(text);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL((url) => [...url.searchParams.values()].includes(text));
  await expect(rows(page).filter({ hasNotText: text })).toHaveCount(0);
}

const options = (page: Page) => page.locator('.ant-select-dropdown:visible .ant-select-item-option');

/** Chooses words of a drop-down, and closes it; one that is chosen already is taken out where there are several. */
export async function choose(field: Locator, ...labels: (string | RegExp)[]): Promise<void> {
  const page = field.page();
  await field.click();
  for (const label of labels) {
    if (typeof label === 'string' && (await field.isEditable())) await field.fill(label);
    await options(page)
      .and(page.getByTitle(label, { exact: true }))
      .click();
  }
  if ((await field.getAttribute('aria-expanded')) === 'true') await field.press('Escape');
  await expect(options(page)).toHaveCount(0);
}

/** Opens the tab of a page, or of an image that is open. */
export async function tab(page: Page, name: string): Promise<void> {
  const wanted = page.getByRole('tab', { name: new RegExp(`^${name}`) }).last();
  await wanted.click();
  await expect(wanted).toHaveAttribute('aria-selected', 'true');
}

/** Says yes to a question once it stands still, and waits until it is gone; its button has a name where that is told. */
export async function agree(page: Page, name?: string): Promise<void> {
  const question = page.locator('.ant-modal-confirm');
  const yes = name === undefined ? question.locator('.ant-btn-primary') : button(question, name);
  await expect(yes).toBeVisible();
  await expect(page.locator('.ant-zoom-appear, .ant-zoom-enter')).toHaveCount(0);
  await yes.click();
  await expect(question).toHaveCount(0);
}

/** Closes the drawer in front by its sign. */
export async function close(page: Page): Promise<void> {
  const before = await page.getByRole('dialog').count();
  await dialog(page).locator('.ant-drawer-close, .image-actions button:has(.anticon-close)').click();
  await expect(page.getByRole('dialog')).toHaveCount(before - 1);
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
