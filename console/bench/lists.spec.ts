// Opens every page that lists things, over a fleet of 100,000 images, and tells how long each takes to be shown, once it
// is chosen and by its address, and how evenly it scrolls.
import { expect, type Page, test } from '@playwright/test';
import { PAGES } from '../src/pages';

/** How often each page is opened. */
const ROUNDS = 5;
/** The goal: milliseconds from choosing a page until its rows are there; by its address, the console is loaded first. */
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
const MENU = PAGES.filter((known) => known.icon).map(({ path }) => path);

type Measured = { path: string; chosen: number[]; opened: number[]; rows: number; frame?: number };
type Shown = { shown: number; rows: number };

async function signIn(page: Page): Promise<void> {
  await page.goto(SERVER);
  await page.locator('input[autocomplete=username]').fill(LOGIN);
  await page.locator('input[autocomplete=current-password]').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.locator('nav').first()).toBeVisible();
}

/** Waits until the page is drawn; the milliseconds of its clock, and how many rows there are. */
async function drawn(page: Page): Promise<Shown> {
  const found = await page.waitForFunction(() => {
    const waiting = document.querySelector('.ant-spin-spinning, .ant-skeleton');
    const rows = document.querySelectorAll('#page tr.ant-table-row').length;
    const nothing = document.querySelector('#page .ant-empty, #page .panels, #page form');
    if (!document.querySelector('#page h1:not([data-before])') || waiting || !(rows || nothing)) return null;
    return { shown: performance.now(), rows };
  });
  return (await found.jsonValue()) as Shown;
}

/** Opens an address. */
async function opened(page: Page, path: string): Promise<Shown> {
  await page.goto(SERVER + path, { waitUntil: 'commit' });
  return drawn(page);
}

/** Chooses a page, from one that has no list: in the menu where it is there, else as a link to it does. */
async function chosen(page: Page, path: string): Promise<Shown> {
  await opened(page, path === '/settings' ? '/projects' : '/settings');
  const begun = await page.evaluate((wanted) => {
    document.querySelector('#page h1')?.setAttribute('data-before', '');
    const link = document.querySelector<HTMLElement>(`nav a[href="${wanted}"]`);
    const begun = performance.now();
    if (link) link.click();
    else {
      history.pushState(null, '', wanted);
      dispatchEvent(new PopStateEvent('popstate'));
    }
    return begun;
  }, path);
  const { shown, rows } = await drawn(page);
  return { shown: shown - begun, rows };
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
  const measured: Measured = { path, chosen: [], opened: [], rows: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    measured.chosen.push((await chosen(page, path)).shown);
    const { shown, rows } = await opened(page, path);
    measured.opened.push(shown);
    measured.rows = rows;
  }
  if (measured.rows >= 20) measured.frame = await scrolled(page);
  return measured;
}

/** Median and longest. */
function times(all: number[]): string {
  const sorted = all.toSorted((a, b) => a - b);
  const [median, longest] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return [median, longest].map((time) => (time === undefined ? '' : `${time.toFixed(0)} ms`).padStart(8)).join(' ');
}

test('lists', async ({ page }) => {
  await signIn(page);
  const missed: string[] = [];
  console.log(`${'page'.padEnd(44)} rows  chosen: median, longest  by address  longest frame (p99)`);
  for (const path of [...MENU, ...MORE]) {
    const { chosen, opened, rows, frame } = await measure(page, path);
    const slowest = Math.max(...chosen);
    if (slowest > SHOWN_WITHIN) missed.push(`${path} shown in ${Math.round(slowest)} ms`);
    if (frame && frame > FRAME_WITHIN) missed.push(`${path} scrolls with a frame of ${Math.round(frame)} ms`);
    const told = `${times(chosen)} ${times(opened)} ${frame ? `${frame.toFixed(0).padStart(8)} ms` : ''}`;
    console.log(`${path.padEnd(44)} ${`${rows}`.padStart(4)} ${told}`);
  }
  expect(missed).toEqual([]);
});
