// Who may do what: accounts and their roles, projects, tokens, and what is written down of it.
import type { Browser, Page } from '@playwright/test';
import { estate, expect, type Language, open, SPOKEN, shown, signIn, test } from './console';
import { another, enter, firstSignIn, made, OWN, once } from './door';
import { faulty, refused } from './fields';
import { agree, choose, closed, dialog, dismiss, press, pressAbove, rows, said, search } from './page';
import { type Words, words } from './texts';

/** What cannot be an account is told in the form. */
async function wrongAccounts(page: Page, t: Words): Promise<void> {
  await open(page, '/accounts');
  await pressAbove(page, t('accounts:make'));
  await dialog(page).locator('#login').fill('No Such');
  await dialog(page).locator('#password').fill('short');
  await press(dialog(page), t('accounts:create'));
  await faulty(dialog(page).locator('#login'), t('accounts:loginHelp'));
  await faulty(dialog(page).locator('#password'), t('texts:passwordRule'));
  await dialog(page).locator('#login').fill('admin');
  await dialog(page).locator('#password').fill(OWN);
  await press(dialog(page), t('accounts:create'));
  await refused(page, 'admin');
  await dismiss(page);
}

/** An account is locked after wrong passwords, and opened by a new one. */
async function locked(page: Page, t: Words, browser: Browser, language: Language, login: string): Promise<void> {
  const { page: other } = await another(browser, language);
  await enter(other, login, 'not the password');
  const alert = other.locator('.ant-alert-error');
  const wrong = (await alert.textContent()) ?? '';
  for (let attempt = 1; attempt < 5; attempt += 1) {
    // Nothing is asked while an answer is waited for.
    await expect(other.locator('.ant-btn-loading')).toHaveCount(0);
    const answered = other.waitForResponse((answer) => answer.url().endsWith('/session'));
    await other.keyboard.press('Enter');
    expect((await answered).status()).toBe(401);
  }
  await enter(other, login, OWN);
  await expect(alert).not.toHaveText(wrong);
  await open(page, `/accounts?search=${login}`);
  await expect(rows(page, login)).toContainText(t('accounts:lockedUntil'));
  await press(rows(page, login), t('accounts:reset'));
  await agree(page, t('accounts:reset'));
  const password = await once(page, t);
  await expect(rows(page, login)).not.toContainText(t('accounts:lockedUntil'));
  await firstSignIn(other, t, login, password);
  await other.context().close();
}

/** Another role, no access at all, and gone. */
async function changedRole(page: Page, t: Words, browser: Browser, language: Language, login: string): Promise<void> {
  const { page: other } = await another(browser, language);
  await enter(other, login, OWN);
  await expect(other.locator('nav a[href="/exports"]')).toBeVisible();
  await press(rows(page, login), t('texts:edit'));
  await dialog(page).getByText(t('texts:role.viewer'), { exact: true }).click();
  await press(dialog(page), t('texts:save'));
  await said(page, t('accounts:changed'));
  await closed(page);
  await other.reload();
  await expect(other.locator('nav a[href="/tasks"]')).toBeVisible();
  await expect(other.locator('nav a[href="/exports"]')).toHaveCount(0);
  await press(rows(page, login), t('texts:edit'));
  await dialog(page).locator('#disabled').check();
  await press(dialog(page), t('texts:save'));
  await closed(page);
  await expect(rows(page, login)).toContainText(t('accounts:disabled'));
  await other.locator('nav a[href="/tasks"]').click();
  await expect(other.locator('input[autocomplete=username]')).toBeVisible();
  await press(rows(page, login), t('texts:delete'));
  await agree(page, t('texts:delete'));
  await said(page, t('accounts:deleted'));
  await expect(rows(page, login)).toHaveCount(0);
  await other.context().close();
}

/** A project, and an account that sees only it. */
async function assigned(page: Page, t: Words, login: string, project: string): Promise<void> {
  await open(page, '/projects');
  await pressAbove(page, t('projects:make'));
  await dialog(page).locator('#name').fill(`${project} at first`);
  await press(dialog(page), t('texts:save'));
  await closed(page);
  await pressAbove(page, t('projects:make'));
  await dialog(page).locator('#name').fill(`${project} at first`);
  await press(dialog(page), t('texts:save'));
  await refused(page, project);
  await dismiss(page);
  await press(rows(page, project), t('projects:rename'));
  await expect(dialog(page).locator('#name')).toHaveValue(`${project} at first`);
  await dialog(page).locator('#name').fill(project);
  await press(dialog(page), t('texts:save'));
  await said(page, t('projects:saved'));
  await closed(page);
  await open(page, '/accounts');
  await search(page, login);
  await press(rows(page, login), t('texts:edit'));
  await dialog(page).locator('#all_projects').uncheck();
  await choose(dialog(page).locator('#projects'), project);
  await press(dialog(page), t('texts:save'));
  await closed(page);
  await expect(rows(page, login)).toContainText(project);
  await open(page, '/projects');
  await rows(page, project).locator('bdi').first().click();
  await expect(dialog(page)).toContainText(login);
  await dismiss(page);
  await rows(page, project).getByRole('link').first().click();
  await shown(page, '/images/local');
  await expect(page.locator('.filter-tag')).toContainText(project);
  await expect(rows(page)).toHaveCount(0);
}

/** A token of one's own: shown once, good until it is taken away. */
async function tokens(page: Page, t: Words, name: string): Promise<void> {
  const asks = async (token: string) => {
    const headers = { authorization: `Bearer ${token}`, cookie: '' };
    return (await fetch(`${estate.server}/api/v1/images`, { headers })).status;
  };
  await open(page, '/tokens');
  await pressAbove(page, t('tokens:make'));
  await press(dialog(page), t('tokens:create'));
  await faulty(dialog(page).locator('#name'), t('texts:required'));
  await dialog(page).locator('#name').fill(name);
  await dialog(page).getByText(t('texts:role.operator'), { exact: true }).click();
  await press(dialog(page), t('tokens:create'));
  await expect(dialog(page)).toContainText(t('tokens:made', { name }));
  const token = await once(page, t);
  expect(await asks(token)).toBe(200);
  await page.getByText(t('tokens:all'), { exact: true }).click();
  await expect(page).toHaveURL(/all=true/);
  await expect(rows(page, name)).toContainText(t('texts:role.operator'));
  await press(rows(page, name), t('texts:delete'));
  await agree(page, t('texts:delete'));
  await said(page, t('tokens:deleted'));
  await expect(rows(page, name)).toHaveCount(0);
  expect(await asks(token)).toBe(401);
}

/** What was just done is written down. */
async function audited(page: Page, t: Words): Promise<void> {
  await open(page, '/audit?actor=admin');
  const newest = rows(page, t('audit:action_.token.delete')).first();
  await expect(newest).toContainText('admin');
  await newest.click();
  await expect(dialog(page)).toContainText('token.delete');
  await expect(dialog(page)).toContainText('127.0.0.1');
  await dismiss(page);
  const filter = page.getByLabel(t('audit:action'), { exact: true });
  await choose(filter, t('audit:action_.account.create'));
  await expect(page).toHaveURL(/action=account.create/);
  await expect(rows(page, t('audit:action_.account.create')).first()).toBeVisible();
  await expect(rows(page).filter({ hasNotText: t('audit:action_.account.create') })).toHaveCount(0);
  await open(page, `/audit?action=session.lock&since=${Date.now() - 3_600_000}`);
  await expect(rows(page, t('audit:action_.session.lock')).first()).toBeVisible();
  await open(page, `/audit?until=${Date.now() - 3_600_000}`);
  await expect(page.getByText(t('audit:nothingFits'))).toBeVisible();
}

for (const language of SPOKEN) {
  const t = words(language);

  test(`accounts, ${language}`, async ({ page, browser }) => {
    test.setTimeout(150_000);
    await signIn(page, language);
    await test.step('wrong ones', () => wrongAccounts(page, t));
    await made(page, t, `clerk-${language}`, 'operator');
    await test.step('lock', () => locked(page, t, browser, language, `clerk-${language}`));
    await test.step('change', () => changedRole(page, t, browser, language, `clerk-${language}`));
  });

  test(`projects, tokens and what is written down, ${language}`, async ({ page }) => {
    test.setTimeout(120_000);
    await signIn(page, language);
    await open(page, '/accounts');
    await made(page, t, `guest-${language}`, 'viewer');
    await test.step('project', () => assigned(page, t, `guest-${language}`, `shop ${language}`));
    await test.step('token', () => tokens(page, t, `build ${language}`));
    await test.step('audit', () => audited(page, t));
  });
}
