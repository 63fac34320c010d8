// What everybody sets for themselves, and the way out.
import type { Page } from '@playwright/test';
import { estate, expect, type Language, open, SPOKEN, shown, signIn, test } from './console';
import { another, enter, firstSignIn, leave, made, OWN } from './door';
import { PASSWORD } from './estate';
import { choose, press, said } from './page';
import { words } from './texts';

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
  await choose(page.getByLabel(t('texts:pageSize'), { exact: true }), t('texts:perPage', { count: 50 }));
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
