// What all tests of the console do: sign in, choose a language, look for faults of a page.
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { type Estate, PASSWORD } from './estate';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];
/** Those in which every operation is walked: `SPOKEN=zh` leaves out the other. Each page and a day's work are always seen in both. */
export const SPOKEN = LANGUAGES.filter((language) => (process.env.SPOKEN ?? LANGUAGES.join()).includes(language));

/** Where everything is. */
export const estate = JSON.parse(process.env.ESTATE ?? '{}') as Estate;

/** A page whose faults fail the test: what a script throws, and what the security policy refuses. */
export const test = base.extend<{ faults: string[] }>({
  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        const text = message.text();
        if (/Content Security Policy|Warning:|i18next/.test(text)) faults.push(text);
      });
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

/** Signs in. */
export async function signIn(page: Page, language: Language = 'en'): Promise<void> {
  await page.addInitScript((chosen) => localStorage.setItem('lazaret.language', chosen), language);
  await page.goto(estate.server);
  await page.locator('input[autocomplete=username]').fill('admin');
  await page.locator('input[autocomplete=current-password]').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.locator('nav').first()).toBeVisible();
}

/** Opens an address, and waits until nothing is being loaded. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(estate.server + path);
  await shown(page, path);
}

/** Waits until the page of an address is shown whole. */
export async function shown(page: Page, path: string): Promise<void> {
  await expect(page).toHaveURL((url) => url.pathname === path.split('?')[0]);
  await expect(page.locator('#page h1')).toBeVisible();
  await expect(page.locator('.ant-spin-spinning, .ant-skeleton')).toHaveCount(0);
}

/** Nothing serious is found by axe: by some of its rules or all, on a part of the page or all of it. */
export async function accessible(page: Page, { rules, within }: { rules?: string[]; within?: string } = {}) {
  // No page has frames; to ask for them opens a window each time.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  if (within) axe.include(within);
  const runOnly = rules && { runOnly: { type: 'rule' as const, values: rules } };
  const { violations } = await axe.options({ resultTypes: ['violations'], preload: false, ...runOnly }).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = grave.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`,
  );
  expect.soft(told, page.url()).toEqual([]);
}

export { expect };
