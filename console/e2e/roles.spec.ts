// What each role sees of the console: pages, buttons, and what is not for it.
import type { Page } from '@playwright/test';
import { covers, type Role } from '../src/app/session';
import { PAGES } from '../src/pages';
import { estate, expect, open, SPOKEN, signIn, test } from './console';
import { another, firstSignIn, made } from './door';
import { button, rows } from './page';
import { type Words, words } from './texts';

/** What stands above lists, and whom it is for. */
const BUTTONS: [path: string, text: string, role: Role][] = [
  ['/images/local', 'local:scan', 'operator'],
  ['/images/registry', 'repository:scan', 'operator'],
  ['/images/archive', 'archives:upload', 'operator'],
  ['/registries', 'registries:sync', 'operator'],
  ['/registries', 'registries:connect', 'administrator'],
  ['/schedules', 'schedules:make', 'operator'],
  ['/decisions', 'decisionlist:make', 'operator'],
  ['/advisories', 'advisories:update', 'operator'],
  ['/advisories', 'advisories:import', 'administrator'],
  ['/authorisation', 'authorisation:settings', 'administrator'],
  ['/accounts', 'accounts:make', 'administrator'],
  ['/projects', 'projects:make', 'administrator'],
];

/** Nothing on a page tells of something that went wrong. */
async function well(page: Page, where: string): Promise<void> {
  const wrong = page.locator('.ant-alert-error, .ant-message-error, .ant-result, .ant-notification-notice-error');
  await expect(wrong, where).toHaveCount(0);
}

/** Opens the first row of a list, where its rows open. */
async function openFirst(page: Page, path: string): Promise<void> {
  const row = page.locator('#page tr.row-opens').first();
  if ((await row.count()) === 0) return;
  await row.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.ant-spin-spinning, .ant-skeleton')).toHaveCount(0);
  await well(page, `${path}, a row of it`);
}

/** All that a role sees: every page of its menu, what is behind the first row of each, and nothing that is not for it. */
async function walked(page: Page, t: Words, role: Role): Promise<void> {
  for (const { path, name, icon, role: needed = 'viewer' } of PAGES) {
    if (!icon) continue;
    const link = page.locator(`nav a[href="${path}"]`);
    if (!covers(role, needed)) {
      await expect(link).toHaveCount(0);
      continue;
    }
    await open(page, path);
    await expect(link, name).toBeVisible();
    await well(page, path);
    for (const [at, text, asked] of BUTTONS.filter(([known]) => known === path)) {
      await expect(button(page.locator('#page .page-head'), t(text)), `${text} at ${at}`).toHaveCount(
        covers(role, asked) ? 1 : 0,
      );
    }
    await openFirst(page, path);
  }
}

/** What is not for a role, asked for by its address: told kindly, and nothing is asked of the server. */
async function kept(page: Page, t: Words, role: Role): Promise<void> {
  for (const { path, role: needed = 'viewer' } of PAGES.filter((known) => !covers(role, known.role ?? 'viewer'))) {
    await page.goto(estate.server + path);
    await expect(page.getByText(t('texts:notForYou')), `${path} takes ${needed}`).toBeVisible();
  }
  await open(page, '/rules?part=own');
  await expect(page.locator('#rules-text')).not.toBeEditable();
  await expect(page.locator('.rules-actions')).toHaveCount(0);
  await open(page, '/rules');
  await expect(rows(page).first().getByRole('switch')).toBeDisabled();
  await open(page, '/advisories?tab=settings');
  await expect(page.locator('#interval_hours')).toBeDisabled();
}

for (const language of SPOKEN) {
  const t = words(language);

  for (const role of ['operator', 'auditor', 'viewer'] as const) {
    test(`what who is ${role} sees, ${language}`, async ({ page, browser }) => {
      test.setTimeout(120_000);
      await signIn(page, language);
      await open(page, '/accounts');
      const login = `${role}-${language}`;
      const password = await made(page, t, login, role);
      const { page: other, failed } = await another(browser, language);
      await firstSignIn(other, t, login, password);
      failed.length = 0;
      await test.step('walk', () => walked(other, t, role));
      await test.step('keep out', () => kept(other, t, role));
      expect(failed).toEqual([]);
      await other.context().close();
    });
  }
}
