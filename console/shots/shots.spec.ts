// A picture of every page and of what opens over it, in both languages, light and dark, into `docs/screenshots`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { estate, expect, LANGUAGES, type Language, open, signIn, test } from '../e2e/console';
import { type Words, words } from '../e2e/texts';
import { PAGES } from '../src/pages';

const DIRECTORY = join(import.meta.dirname, '../../docs/screenshots');
const LOOKS = ['light', 'dark'] as const;
const QUALITY = 82;

type Step = (page: Page, t: Words) => Promise<void>;

/** A page in a state that one does not find it in. */
type Scene = { name: string; path: string; opens?: Step; size?: { width: number; height: number } };

const PHONE = { width: 390, height: 844 };
const first = (page: Page) => page.locator('#page .ant-table-tbody tr.ant-table-row').first();
const dialog = (page: Page) => page.getByRole('dialog').last();
const row: Step = (page) => first(page).click();

/** Opens a tab of the image that is shown. */
const tab =
  (name: string): Step =>
  async (page, t) => {
    await first(page).click();
    await dialog(page)
      .getByRole('tab', { name: t(name) })
      .click();
  };

const LEDGER = '/images/local?search=payments%2Fledger';

const SCENES: Scene[] = [
  ...PAGES.filter((known) => known.icon).map(({ name, path }) => ({ name, path })),
  { name: 'image', path: LEDGER, opens: row },
  { name: 'image-vulnerabilities', path: LEDGER, opens: tab('texts:kind.vulnerabilities') },
  { name: 'image-secrets', path: LEDGER, opens: tab('texts:kind.secrets') },
  { name: 'image-baseline', path: LEDGER, opens: tab('texts:kind.baseline') },
  { name: 'image-software', path: LEDGER, opens: tab('image:tab.software') },
  { name: 'image-layers', path: LEDGER, opens: tab('image:tab.layers') },
  { name: 'risk', path: '/risks/vulnerabilities/CVE-2021-44228' },
  { name: 'registry', path: '/registries', opens: row },
  { name: 'registry-form', path: '/registries?make=true' },
  { name: 'schedule-form', path: '/schedules?make=local' },
  { name: 'task', path: '/tasks', opens: row },
  { name: 'overview-whole', path: '/', size: { width: 1440, height: 1760 } },
  { name: 'components-found', path: '/components?name=log4j-core' },
  { name: 'phone-overview', path: '/', size: PHONE },
  { name: 'phone-images', path: '/images/local', size: PHONE },
];

/** What a picture has of the page: all that is seen without scrolling, in a format that is small. */
async function picture(page: Page, language: Language, look: string, name: string): Promise<void> {
  const directory = join(DIRECTORY, language, look);
  mkdirSync(directory, { recursive: true });
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  writeFileSync(join(directory, `${name}.webp`), Buffer.from(data, 'base64'));
  await session.detach();
}

/** The page of all pictures. */
function index(): string {
  const ways = LANGUAGES.flatMap((language) => LOOKS.map((look) => `${language}/${look}`));
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rows = ['sign-in', ...SCENES.map(({ name }) => name)].map((name) =>
    row([name, ...ways.map((way) => `[![](${way}/${name}.webp)](${way}/${name}.webp)`)]),
  );
  const head = [
    '# The console in pictures',
    '',
    'Made by `./dev console shots`, of the fleet of a made-up company.',
    '',
  ];
  return [...head, row(['', ...ways]), row(['---', ...ways.map(() => '---')]), ...rows, ''].join('\n');
}

/** Nothing moves and nothing is being loaded. */
async function calm(page: Page): Promise<void> {
  await expect(page.locator('.ant-spin-spinning, .ant-skeleton')).toHaveCount(0);
  await page.mouse.move(1, 1);
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
}

for (const language of LANGUAGES) {
  for (const look of LOOKS) {
    test(`pictures, ${language}, ${look}`, async ({ page }) => {
      const t = words(language);
      const usual = page.viewportSize() ?? PHONE;
      await page.addInitScript((chosen) => localStorage.setItem('lazaret.look', chosen), look);
      await page.addInitScript((chosen) => localStorage.setItem('lazaret.language', chosen), language);
      await page.goto(estate.server);
      await page.locator('input[autocomplete=username]').waitFor();
      await calm(page);
      await picture(page, language, look, 'sign-in');
      await signIn(page, language);
      for (const { name, path, opens, size } of SCENES) {
        await test.step(name, async () => {
          await page.setViewportSize(size ?? usual);
          await open(page, path);
          await opens?.(page, t);
          await calm(page);
          await picture(page, language, look, name);
        });
      }
    });
  }
}

test('the page of all pictures', () => {
  writeFileSync(join(DIRECTORY, 'README.md'), index());
});
