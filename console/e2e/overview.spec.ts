// The overview, in both languages: of which images it is, what is looked at, how it went, and where its numbers lead.
import type { Locator, Page } from '@playwright/test';
import { expect, type Language, open, SPOKEN, shown, signIn, test } from './console';
import { rows } from './page';
import { ask, connect, fresh, images, scanned } from './server';
import { type Words, words } from './texts';

type Step = { page: Page; t: Words; language: Language };
type Sums = Record<'images' | 'risky' | 'focus' | 'running' | 'gaps' | 'critical' | 'malware', number>;

const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const figure = (page: Page, t: Words, key: string) =>
  page
    .locator('.figure')
    .filter({ has: page.locator('.figure-title').getByText(t(`overview:figure.${key}`), { exact: true }) });

/** A whole number, with the separators of its language. */
async function number(of: Locator): Promise<number> {
  return Number(((await of.textContent()) ?? '').replace(/\D/g, ''));
}

/** Takes one of some words that stand side by side. */
async function take(page: Page, group: string, word: string): Promise<void> {
  const place = page.getByRole('radiogroup', { name: group, exact: true });
  await place.getByText(word, { exact: true }).click();
  await expect(place.getByRole('radio', { name: word, exact: true })).toBeChecked();
}

const summary = (source?: string) => ask<Sums>('GET', `/images/summary${source ? `?source=${source}` : ''}`);

/** The images of a registry, one of them scanned, so that there is something at risk in more than one place. */
async function elsewhere(name: string): Promise<number> {
  const id = await connect(name);
  await ask('POST', '/registries/sync', { registries: [id] });
  const web = async () => (await images(`registry=${id}&search=shop/web`))[0];
  await expect.poll(web, { timeout: 30_000 }).toBeDefined();
  await ask('POST', '/scans', { images: [(await web())?.id] });
  await expect.poll(async () => (await web())?.status, { timeout: 30_000 }).toBe('scanned');
  return id;
}

/** Numbers are those of the images that are chosen; those of all images together lead to no list of some. */
async function sources({ page, t }: Step): Promise<void> {
  await open(page, '/');
  const chosen = [undefined, 'local', 'registry', 'archive'] as const;
  for (const source of chosen) {
    const word = source ? t(`texts:imageKind.${source}`) : t('overview:allImages');
    await take(page, t('overview:sources'), word);
    await expect(page).toHaveURL((url) => (url.searchParams.get('source') ?? undefined) === source);
    const sums = await summary(source);
    for (const key of ['images', 'risky', 'focus', 'running', 'gaps'] as const) {
      await expect.poll(() => number(figure(page, t, key).locator('.figure-number'))).toBe(sums[key]);
    }
    const lists = figure(page, t, 'focus')
      .or(figure(page, t, 'images'))
      .getByRole('link');
    await expect(lists).toHaveCount(source ? 2 : 0);
    const all = panel(page, t('overview:attention')).getByRole('link', { name: t('overview:all'), exact: true });
    await expect(all).toHaveCount(source ? 1 : 0);
  }
}

/** A list that a number led to is as long as it said. */
async function led(page: Page, t: Words, path: string, count: number): Promise<void> {
  await shown(page, path);
  const to = { from: Math.min(1, count), to: Math.min(20, count), total: count };
  await expect(page.locator('#page .paging-count')).toHaveText(t('texts:rowsOf', to));
  await page.goBack();
  await shown(page, '/');
}

const LISTS = { local: '/images/local', registry: '/images/registry' };

async function figures({ page, t }: Step): Promise<void> {
  for (const [source, list] of Object.entries(LISTS)) {
    await open(page, `/?source=${source}`);
    for (const key of ['images', 'focus', 'running', 'gaps']) {
      const count = await number(figure(page, t, key).locator('.figure-number'));
      await figure(page, t, key).getByRole('link').click();
      await led(page, t, list, count);
    }
    for (const key of ['exploited', 'fixable']) {
      expect(await number(figure(page, t, key).locator('.figure-number'))).toBeGreaterThan(0);
      await figure(page, t, key).getByRole('link').click();
      await shown(page, '/risks');
      await expect(page).toHaveURL((url) => url.search === `?source=${source}&${key}=true`);
      await expect(rows(page).first()).toBeVisible();
      await page.goBack();
      await shown(page, '/');
    }
  }
}

/** The legends of the bars, and the kinds of findings. */
async function legends({ page, t }: Step): Promise<void> {
  await open(page, '/?source=registry');
  const entry = (name: string, word: string) =>
    panel(page, t(`overview:${name}`))
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name: word }) });
  const legend = async (word: string) => {
    const count = await number(entry('worst', word).locator('.number').first());
    await entry('worst', word).getByRole('link').click();
    await led(page, t, LISTS.registry, count);
  };
  await legend(t('texts:severity.critical'));
  await legend(t('texts:status.unscanned'));
  expect(await number(entry('findings', t('texts:kind.malware')).locator('.kinds-number'))).toBeGreaterThan(0);
  await entry('findings', t('texts:kind.malware')).getByRole('link').click();
  await shown(page, '/risks');
  await expect(page).toHaveURL((url) => url.search === '?source=registry&kind=malware');
  await expect(page.getByRole('tab', { selected: true })).toContainText(t('texts:kind.malware'));
  await expect(rows(page).first()).toBeVisible();
}

/** The images to look at first, or what happened lately. */
async function latest({ page, t }: Step): Promise<void> {
  await open(page, '/?source=registry');
  const attention = panel(page, t('overview:attention'));
  const [image] = await images('kind=registry&focus=true');
  const row = attention.getByRole('listitem').first();
  const first = row.getByRole('link');
  await expect(row).toContainText(image?.name ?? '');
  await expect(row).toContainText(t('images:focusReason.malware'));
  await first.click();
  await shown(page, `/images/${image?.id}`);
  await page.goBack();
  await attention.getByRole('link', { name: t('overview:all'), exact: true }).click();
  await expect(page).toHaveURL(/\/images\/registry\?focus=true$/);
  await page.goBack();
  await take(page, t('overview:attention'), t('overview:latest_.events'));
  await expect(page).toHaveURL(/latest=events/);
  const { items } = await ask<{ items: unknown[] }>('GET', '/events?limit=6');
  await expect(attention.getByRole('listitem')).toHaveCount(items.length);
  if (items.length === 0) await expect(attention.getByText(t('overview:noEvents'))).toBeVisible();
  await attention.getByRole('link', { name: t('overview:all'), exact: true }).click();
  await shown(page, '/events');
  await page.goBack();
  await take(page, t('overview:attention'), t('overview:latest_.focus'));
  await expect(first).toBeVisible();
}

/** What each course shows, as the table below has it. */
const COURSES = {
  images: ['overview:figure.images', 'texts:status.scanned', 'overview:figure.risky'],
  kinds: ['malware', 'secrets', 'baseline', 'compliance'].map((kind) => `texts:kind.${kind}`),
  severities: ['critical', 'high', 'medium', 'low'].map((severity) => `texts:severity.${severity}`),
};

/** The course of each choice, over each span. */
async function course({ page, t }: Step): Promise<void> {
  await open(page, '/?source=registry');
  const trend = panel(page, t('overview:trend'));
  await trend.scrollIntoViewIfNeeded();
  await trend.getByText(t('overview:asTable')).click();
  for (const [kind, titles] of Object.entries(COURSES)) {
    await take(page, t('overview:trendOf'), t(`overview:trend_.${kind}`));
    await expect(page).toHaveURL((url) => url.searchParams.get('trend') === kind);
    await expect(trend.locator('thead th')).toHaveText([t('overview:day'), ...titles.map((title) => t(title))]);
    await expect(
      trend.getByRole('slider', { name: t('overview:trendLabel', { of: t(`overview:trend_.${kind}`) }) }),
    ).toBeVisible();
  }
  const { critical } = await summary('registry');
  await expect(trend.locator('tbody tr').last().locator('td').first()).toHaveText(`${critical}`);
  for (const days of [7, 90]) {
    const asked = page.waitForRequest((request) => new URL(request.url()).searchParams.get('days') === `${days}`);
    await take(page, t('overview:span'), t('overview:lastDays', { count: days }));
    expect((await asked).url()).toContain('/trends');
    await expect(page).toHaveURL((url) => url.searchParams.get('days') === `${days}`);
  }
  await page.reload();
  await expect(page.getByRole('radio', { name: t('overview:trend_.severities'), exact: true })).toBeChecked();
}

for (const language of SPOKEN) {
  test(`the overview, ${language}`, async ({ page }) => {
    test.setTimeout(180_000);
    const step = { page, t: words(language), language };
    await signIn(page, language);
    await scanned('shop/web');
    const registry = await elsewhere(fresh(`overview-${language}`));
    await test.step('sources', () => sources(step));
    await test.step('figures', () => figures(step));
    await test.step('legends', () => legends(step));
    await test.step('latest', () => latest(step));
    await test.step('course', () => course(step));
    await ask('DELETE', `/registries/${registry}`);
  });
}
