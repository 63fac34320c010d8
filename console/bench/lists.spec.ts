// Opens every page that lists things, over a fleet of 100,000 images, and tells how long each takes to be shown and how
// evenly it scrolls.
import { expect, type Page, test } from '@playwright/test';
import { PAGES } from '../src/pages';

/** How often each page is opened. */
const ROUNDS = 5;
/** The goal: milliseconds from opening the address until the rows are there. */
const SHOWN_WITHIN = 1000;
/** The goal of scrolling: the longest that a frame takes, but for one of a hundred. */
const FRAME_WITHIN = 50;
/** Turns of the wheel, and how far each goes. */
const TURNS = 60;
const TURN = 100;

const { SERVER = '', LOGIN = 'load', PASSWORD = '' } = process.env;

/** Lists with filters that make the server work, besides the pages of the menu. */
const MORE = [
  '/images/local?search=service-77',
  '/images/local?risk=critical&sort=name',
  '/images/registry?latest=true',
  '/risks?kind=vulnerabilities&severity=critical',
];
const PATHS = [...PAGES.filter((known) => known.icon).map(({ path }) => path), ...MORE];

type Measured = { path: string; shown: number[]; rows: number; frame?: number };

async function signIn(page: Page): Promise<void> {
  await page.goto(SERVER);
  await page.locator('input[autocomplete=username]').fill(LOGIN);
  await page.locator('input[autocomplete=current-password]').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.locator('nav').first()).toBeVisible();
}

/** Opens an address; the milliseconds until its content is drawn, and how many rows it has. */
async function opened(page: Page, path: string): Promise<{ shown: number; rows: number }> {
  await page.goto(SERVER + path, { waitUntil: 'commit' });
  const found = await page.waitForFunction(() => {
    const waiting = document.querySelector('.ant-spin-spinning, .ant-skeleton');
    const rows = document.querySelectorAll('#page tr.ant-table-row').length;
    const nothing = document.querySelector('#page .ant-empty, #page .panels, #page form');
    if (!document.querySelector('#page h1') || waiting || !(rows || nothing)) return null;
    return { shown: performance.now(), rows };
  });
  return (await found.jsonValue()) as { shown: number; rows: number };
}

/** Turns the wheel over the page, and gives the milliseconds of its longest frame but for one of a hundred. */
async function scrolled(page: Page): Promise<number> {
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const count = (at: number) => {
      frames.push(at - last);
      last = at;
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
    Object.assign(window, { frames });
  });
  await page.mouse.move(700, 600);
  for (let turn = 0; turn < TURNS; turn++) {
    await page.mouse.wheel(0, turn < TURNS / 2 ? TURN : -TURN);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  const frames = await page.evaluate(() => (window as unknown as { frames: number[] }).frames);
  return frames.toSorted((a, b) => a - b)[Math.floor(frames.length * 0.99)] ?? 0;
}

async function measure(page: Page, path: string): Promise<Measured> {
  const measured: Measured = { path, shown: [], rows: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const { shown, rows } = await opened(page, path);
    measured.shown.push(shown);
    measured.rows = rows;
  }
  if (measured.rows >= 20) measured.frame = await scrolled(page);
  return measured;
}

test('lists', async ({ page }) => {
  await signIn(page);
  const missed: string[] = [];
  console.log(`${'page'.padEnd(48)} rows  shown, median and longest  longest frame (p99)`);
  for (const path of PATHS) {
    const { shown, rows, frame } = await measure(page, path);
    const sorted = shown.toSorted((a, b) => a - b);
    const [median = 0, longest = 0] = [sorted[Math.floor(ROUNDS / 2)], sorted.at(-1)];
    if (longest > SHOWN_WITHIN) missed.push(`${path} shown in ${Math.round(longest)} ms`);
    if (frame && frame > FRAME_WITHIN) missed.push(`${path} scrolls with a frame of ${Math.round(frame)} ms`);
    const times = `${median.toFixed(0).padStart(6)} ms ${longest.toFixed(0).padStart(6)} ms`;
    console.log(
      `${path.padEnd(48)} ${`${rows}`.padStart(4)} ${times} ${frame ? `${frame.toFixed(0).padStart(16)} ms` : ''}`,
    );
  }
  expect(missed).toEqual([]);
});
