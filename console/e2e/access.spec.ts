// Who may do what: accounts and their roles, projects, tokens, what is written down of it, and what each sees of the console.
import type { Browser, Page } from '@playwright/test';
import { covers, type Role } from '../src/app/session';
import { PAGES } from '../src/pages';
import { estate, expect, type Language, open, SPOKEN, shown, signIn, test } from './console';
import { PASSWORD } from './estate';
import {
  agree,
  button,
  choose,
  closed,
  dismiss,
  enter,
  faulty,
  find,
  front,
  leave,
  press,
  pressAbove,
  refused,
  rows,
  said,
} from './forms';
import { type Words, words } from './texts';

const OWN = 'four words nobody guesses';

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

/** A browser of somebody else, whose requests that fail are written down. */
async function another(browser: Browser, language: Language): Promise<{ page: Page; failed: string[] }> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const failed: string[] = [];
  page.on('response', (answer) => {
    if (answer.status() >= 400) failed.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`);
  });
  await page.addInitScript((chosen) => localStorage.setItem('lazaret.language', chosen), language);
  await page.goto(estate.server);
  return { page, failed };
}

/** What is shown once. */
async function once(page: Page, t: Words): Promise<string> {
  const value = (await front(page).locator('.once code').textContent()) ?? '';
  await press(front(page), t('once:taken'));
  await closed(page);
  await expect(page.getByText(value, { exact: true })).toHaveCount(0);
  return value;
}

/** Makes an account, and gives its first password. */
async function made(page: Page, t: Words, login: string, role: Role): Promise<string> {
  await pressAbove(page, t('accounts:make'));
  await front(page).locator('#login').fill(login);
  await front(page)
    .getByText(t(`texts:role.${role}`), { exact: true })
    .click();
  await press(front(page), t('accounts:create'));
  await expect(front(page)).toContainText(t('accounts:passwordOf', { login }));
  const password = await once(page, t);
  await expect(rows(page, login)).toContainText(t(`texts:role.${role}`));
  await expect(rows(page, login)).toContainText(t('accounts:mustChange'));
  return password;
}

/** What cannot be an account is told in the form. */
async function wrongAccounts(page: Page, t: Words): Promise<void> {
  await open(page, '/accounts');
  await pressAbove(page, t('accounts:make'));
  await front(page).locator('#login').fill('No Such');
  await front(page).locator('#password').fill('short');
  await press(front(page), t('accounts:create'));
  await faulty(front(page).locator('#login'), t('accounts:loginHelp'));
  await faulty(front(page).locator('#password'), t('texts:passwordRule'));
  await front(page).locator('#login').fill('admin');
  await front(page).locator('#password').fill(OWN);
  await press(front(page), t('accounts:create'));
  await refused(page, 'admin');
  await dismiss(page);
}

/** The first sign-in, at which a password of one's own has to be chosen. */
async function firstSignIn(page: Page, t: Words, login: string, password: string): Promise<void> {
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
  await front(page).getByText(t('texts:role.viewer'), { exact: true }).click();
  await press(front(page), t('texts:save'));
  await said(page, t('accounts:changed'));
  await closed(page);
  await other.reload();
  await expect(other.locator('nav a[href="/tasks"]')).toBeVisible();
  await expect(other.locator('nav a[href="/exports"]')).toHaveCount(0);
  await press(rows(page, login), t('texts:edit'));
  await front(page).locator('#disabled').check();
  await press(front(page), t('texts:save'));
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
  await front(page).locator('#name').fill(`${project} at first`);
  await press(front(page), t('texts:save'));
  await closed(page);
  await pressAbove(page, t('projects:make'));
  await front(page).locator('#name').fill(`${project} at first`);
  await press(front(page), t('texts:save'));
  await refused(page, project);
  await dismiss(page);
  await press(rows(page, project), t('projects:rename'));
  await expect(front(page).locator('#name')).toHaveValue(`${project} at first`);
  await front(page).locator('#name').fill(project);
  await press(front(page), t('texts:save'));
  await said(page, t('projects:saved'));
  await closed(page);
  await open(page, '/accounts');
  await find(page, login);
  await press(rows(page, login), t('texts:edit'));
  await front(page).locator('#all_projects').uncheck();
  await choose(page, front(page).locator('#projects'), project);
  await press(front(page), t('texts:save'));
  await closed(page);
  await expect(rows(page, login)).toContainText(project);
  await open(page, '/projects');
  await rows(page, project).locator('bdi').first().click();
  await expect(front(page)).toContainText(login);
  await dismiss(page);
}

/** A token of one's own: shown once, good until it is taken away. */
async function tokens(page: Page, t: Words, name: string): Promise<void> {
  const asks = async (token: string) => {
    const headers = { authorization: `Bearer ${token}`, cookie: '' };
    return (await fetch(`${estate.server}/api/v1/images`, { headers })).status;
  };
  await open(page, '/tokens');
  await pressAbove(page, t('tokens:make'));
  await press(front(page), t('tokens:create'));
  await faulty(front(page).locator('#name'), t('texts:required'));
  await front(page).locator('#name').fill(name);
  await front(page).getByText(t('texts:role.operator'), { exact: true }).click();
  await press(front(page), t('tokens:create'));
  await expect(front(page)).toContainText(t('tokens:made', { name }));
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
  await expect(front(page)).toContainText('token.delete');
  await expect(front(page)).toContainText('127.0.0.1');
  await dismiss(page);
  const filter = page.getByLabel(t('audit:action'), { exact: true });
  await choose(page, filter, t('audit:action_.account.create'));
  await expect(page).toHaveURL(/action=account.create/);
  await expect(rows(page, t('audit:action_.account.create')).first()).toBeVisible();
  await expect(rows(page).filter({ hasNotText: t('audit:action_.account.create') })).toHaveCount(0);
  await open(page, `/audit?action=session.lock&since=${Date.now() - 3_600_000}`);
  await expect(rows(page, t('audit:action_.session.lock')).first()).toBeVisible();
  await open(page, `/audit?until=${Date.now() - 3_600_000}`);
  await expect(page.getByText(t('audit:nothingFits'))).toBeVisible();
}

/** Language, look, rows of a page, password: each is kept. */
async function settled(page: Page, language: Language, login: string): Promise<void> {
  const other = language === 'en' ? 'zh' : 'en';
  const [t, u] = [words(language), words(other)];
  const panel = (name: string) => page.getByRole('region', { name, exact: true });
  await open(page, '/settings');
  await expect(page.getByText(login).last()).toBeVisible();
  await panel(t('settings:console')).getByText(t('settings:look_.dark'), { exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('data-look', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-look', 'dark');
  await panel(t('settings:console')).getByText(t('settings:look_.light'), { exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('data-look', 'light');
  await choose(page, page.getByLabel(t('texts:pageSize'), { exact: true }), t('texts:perPage', { count: 50 }));
  await open(page, '/images/local');
  await expect(page.locator('#page')).toContainText(t('texts:perPage', { count: 50 }));
  await open(page, '/settings');
  await press(page, t('settings:resetColumns'));
  await said(page, t('settings:columnsReset'));
  const form = panel(t('texts:changePassword'));
  await form.locator('#current').fill('not the password');
  await form.locator('#new').fill(`${OWN} twice`);
  await form.locator('#again').fill(`${OWN} twice`);
  await press(form, t('texts:changePassword'));
  await expect(form.locator('.ant-alert-error')).toBeVisible();
  await form.locator('#current').fill(OWN);
  await press(form, t('texts:changePassword'));
  await said(page, t('settings:passwordChanged'));
  await panel(t('settings:console')).locator(`[lang=${other}]`).click();
  await expect(page.locator('#page h1')).toHaveText(u('settings:title'));
  await panel(u('settings:console')).locator(`[lang=${language}]`).click();
  await expect(page.locator('#page h1')).toHaveText(t('settings:title'));
  await leave(page, t);
  await enter(page, login, `${OWN} twice`);
  await shown(page, '/settings');
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

  test(`settings, ${language}`, async ({ page, browser }) => {
    await signIn(page, language);
    await open(page, '/accounts');
    const password = await made(page, t, `chooser-${language}`, 'viewer');
    const { page: other } = await another(browser, language);
    await firstSignIn(other, t, `chooser-${language}`, password);
    await settled(other, language, `chooser-${language}`);
    await other.context().close();
    await leave(page, t);
    await page.goto(`${estate.server}/images/local`);
    await expect(page.locator('input[autocomplete=username]')).toBeVisible();
    await enter(page, 'admin', PASSWORD);
    await shown(page, '/images/local');
  });
}
