// What every list can do, in both languages, on the list of images: columns are drawn, moved and kept, pages are turned,
// all that fits is picked but for some, and everything that can be searched is.
import type { Locator, Page } from '@playwright/test';
import { expect, type Language, open, SPOKEN, signIn, test } from './console';
import { file, wanted } from './files';
import { load } from './handmade';
import { button, choose, dialog, press, rows } from './page';
import { ask, connect, docker, fresh, images, scanned } from './server';
import { type Words, words } from './texts';

type Step = { page: Page; t: Words; language: Language };

/** So many images that they take two pages: four of their own contents, the others with that of the first. */
const OWN = ['a', 'b', 'c', 'd'];
const MANY = 22;
const SAME = Array.from({ length: MANY - OWN.length }, (_, at) => `t${OWN.length + 1 + at}`);

async function made(repository: string): Promise<void> {
  for (const tag of OWN) {
    docker(['commit', '--change', `LABEL made=${repository}-${tag}`, 'web-1', `${repository}:${tag}`]);
  }
  for (const tag of SAME) docker(['tag', `${repository}:a`, `${repository}:${tag}`]);
  await expect.poll(async () => (await images(`repository=${repository}`)).length, { timeout: 30_000 }).toBe(MANY);
}

const list = (repository: string) => `/images/local?repository=${encodeURIComponent(repository)}&sort=name`;

/** Has what was chosen kept by the server, so that another look begins with it. */
async function kept(page: Page, act: () => Promise<void>): Promise<void> {
  const told = page.waitForResponse((answer) => answer.request().method() === 'PUT');
  await act();
  expect((await told).ok()).toBe(true);
}

/** Draws an edge so many pixels to the right. */
async function draw(edge: Locator, by: number): Promise<void> {
  const box = await edge.boundingBox();
  if (!box) throw new Error('the edge is not seen');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const { mouse } = edge.page();
  await mouse.move(x, y);
  await mouse.down();
  await mouse.move(x + by, y, { steps: 4 });
  await mouse.up();
}

/** A column gets wider by the arrow keys and by the pointer, stays so, and is as before when that is wanted. */
async function widths({ page, t }: Step): Promise<void> {
  const heading = page.locator('#page thead th').filter({ hasText: t('images:column.status') });
  const edge = heading.getByRole('separator', { name: t('texts:columnWidth', { name: t('images:column.status') }) });
  const width = async () => Math.round((await heading.boundingBox())?.width ?? 0);
  const usual = Number(await edge.getAttribute('aria-valuenow'));
  const before = await width();
  await edge.focus();
  await kept(page, async () => {
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft']) await edge.press(key);
  });
  await expect(edge).toHaveAttribute('aria-valuenow', `${usual + 32}`);
  await expect.poll(width).toBeGreaterThan(before);
  await kept(page, () => draw(edge, 60));
  await expect(edge).toHaveAttribute('aria-valuenow', `${usual + 92}`);
  // To draw an edge is not to sort.
  await expect(page).toHaveURL(/sort=name$/);
  await page.reload();
  await expect(edge).toHaveAttribute('aria-valuenow', `${usual + 92}`);
  await draw(edge, -600);
  await expect(edge).toHaveAttribute('aria-valuenow', '64');
  await press(page, t('texts:columns'));
  await kept(page, () => press(page.locator('.chooser'), t('texts:usualColumns')));
  await expect(edge).toHaveAttribute('aria-valuenow', `${usual}`);
  await page.keyboard.press('Escape');
}

/** A column goes one place on, and neither the first nor the last one further than there is room. */
async function moved({ page, t }: Step): Promise<void> {
  const title = (key: string) => t(`images:column.${key}`);
  const headings = () => page.locator('#page thead th').allTextContents();
  const chooser = page.locator('.chooser');
  const down = (key: string) => button(chooser, t('texts:moveDown', { name: title(key) }));
  const usual = await headings();
  const at = usual.indexOf(title('status'));
  await press(page, t('texts:columns'));
  await expect(down('name')).toBeDisabled();
  await kept(page, () => down('status').click());
  const swapped = usual.toSpliced(at, 2, usual[at + 1] ?? '', usual[at] ?? '');
  await expect.poll(headings).toEqual(swapped);
  await page.reload();
  await expect.poll(headings).toEqual(swapped);
  await press(page, t('texts:columns'));
  const shown = chooser.locator('.chooser-row').filter({ has: page.locator('input:checked') });
  await expect(shown.last().getByRole('button').last()).toBeDisabled();
  await kept(page, () => press(chooser, t('texts:usualColumns')));
  await expect.poll(headings).toEqual(usual);
  await page.keyboard.press('Escape');
}

const names = (page: Page) => rows(page).locator('.whole-name').allTextContents();

/** Pages are turned on and back, and hold as many rows as is chosen. */
async function pages({ page, t }: Step): Promise<void> {
  const foot = page.locator('#page .paging');
  const [back, on] = [button(foot, t('texts:previousPage')), button(foot, t('texts:nextPage'))];
  await expect(foot).toContainText(t('texts:rowsOf', { from: 1, to: 20, total: MANY }));
  await expect(back).toBeDisabled();
  const first = await names(page);
  await on.click();
  await expect(foot).toContainText(t('texts:rowsOf', { from: 21, to: MANY, total: MANY }));
  await expect(rows(page)).toHaveCount(MANY - 20);
  await expect(on).toBeDisabled();
  expect(first).not.toContain((await names(page))[0]);
  await back.click();
  await expect.poll(() => names(page)).toEqual(first);
  await on.click();
  const size = foot.getByRole('combobox', { name: t('texts:pageSize') });
  await kept(page, () => choose(size, t('texts:perPage', { count: 50 })));
  await expect(rows(page)).toHaveCount(MANY);
  await expect(foot).toContainText(t('texts:rowsOf', { from: 1, to: MANY, total: MANY }));
  await page.reload();
  await expect(rows(page)).toHaveCount(MANY);
  await kept(page, () => choose(size, t('texts:perPage', { count: 20 })));
  await expect(rows(page)).toHaveCount(20);
}

const tick = (page: Page, name: string) =>
  rows(page)
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('input[type=checkbox]');

/** Everything that fits is picked but one: on the page that is not seen, too. What is done is done to those alone. */
async function allButOne({ page, t, language }: Step, repository: string): Promise<void> {
  const foot = page.locator('#page .paging');
  const batch = page.locator('.batch');
  const [out, last] = [`${repository}:b`, `${repository}:t9`];
  await tick(page, `${repository}:a`).check();
  await press(batch, t('images:pickAll', { count: MANY }));
  await tick(page, out).uncheck();
  await expect(batch).toContainText(t('images:pickedCount', { count: MANY - 1 }));
  await press(foot, t('texts:nextPage'));
  await expect(tick(page, last)).toBeChecked();
  await press(foot, t('texts:previousPage'));
  await expect(tick(page, out)).not.toBeChecked();
  await press(batch, t('images:scan'));
  await expect(dialog(page)).toContainText(t('images:willScan', { count: MANY - 1 }));
  await press(dialog(page), t('images:scanNow'));
  await expect(page.getByText(t('images:scanBegun', { count: MANY - 1 }))).toBeVisible();
  const status = async (query: string) => (await images(`repository=${repository}&${query}`)).map(({ name }) => name);
  await expect.poll(async () => (await status('status=scanned')).length, { timeout: 60_000 }).toBe(MANY - 1);
  expect(await status('status=unscanned')).toEqual([out]);

  await press(batch, t('images:export'));
  await expect(dialog(page)).toContainText(t('exports:ofImages', { count: MANY - 1 }));
  const name = `all but one ${language}`;
  await wanted(page, t, name, 'images', 'csv');
  await press(dialog(page), t('exports:make'));
  await open(page, '/exports');
  const text = (await file(page, name)).toString('utf8');
  for (const tag of ['a', 'c', 'd', 't9', `t${MANY}`]) expect(text).toContain(`${repository}:${tag}`);
  expect(text).not.toContain(out);
  expect(text).not.toContain('shop/web');
}

/** An image of another system and platform, with one package that nothing else has, in a pod. */
async function other(name: string): Promise<void> {
  const installed = 'P:rare-thing\nV:1.0-r0\nA:aarch64\n\n';
  const files = { 'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.0\n', 'lib/apk/db/installed': installed };
  load(name, files, { architecture: 'arm64' });
  docker(['create', '--label', 'io.kubernetes.pod.name=rare-pod-0', '--name', name.replace(/\W/g, '-'), name, '/x']);
  await scanned(name);
}

/** Searches by one thing alone. */
async function seek({ page, t }: Step, field: string, text: string): Promise<void> {
  const box = page.locator('#page .search-box');
  await box.getByRole('searchbox').fill('');
  await choose(box.getByRole('combobox'), t(`images:field.${field}`));
  await box.getByRole('searchbox').fill(text);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL((url) => url.searchParams.get(field) === text);
}

/** What is found by a field, and what is not. */
type Sought = [field: string, text: string, found: string[], hidden: string[]];

async function found(step: Step, wanted: Sought[]): Promise<void> {
  const { page, t } = step;
  for (const [field, text, shown, hidden] of wanted) {
    await test.step(`${field} ${text}`, async () => {
      await seek(step, field, text);
      // What the search before found is gone once that of this one is there.
      for (const name of hidden) await expect(page.getByText(name, { exact: true })).toHaveCount(0);
      for (const name of shown) await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
      if (shown.length === 0) await expect(page.getByText(t('images:nothingFits'))).toBeVisible();
    });
  }
}

const CHECKOUT = 'registry.example.com:5000/payments/checkout:2026.11';

async function local(step: Step, name: string): Promise<void> {
  const [image] = await images('kind=local&name=shop/web:1.0');
  const { items: hosts } = await ask<{ items: { name: string }[] }>('GET', '/hosts');
  const web = ['shop/web:1.0', 'shop/web:1.1'];
  // What others made of the sample stands behind it.
  await open(step.page, '/images/local?sort=name&descending=true');
  await found(step, [
    ['repository', 'shop/web', web, ['shop/api:2.0', name]],
    ['repository', '*/checkout', [CHECKOUT], ['shop/api:2.0', name]],
    ['tag', '2026.11', [CHECKOUT], web],
    ['digest', image?.image_id ?? '', [...web, CHECKOUT], [name]],
    ['digest', `sha256:${'0'.repeat(64)}`, [], [name]],
    ['pod', 'rare-pod', [name], web],
    ['host_name', hosts[0]?.name ?? '', web, []],
    ['host_name', 'no-such-host', [], [name, ...web]],
    ['vulnerability', 'CVE-2021-44228', web, [name]],
    ['component', 'rare-thing', [name], web],
    ['component', 'log4j*', web, [name]],
    ['distribution', 'alpine', [name], web],
    ['distribution', 'debian', web, [name]],
    ['platform', 'linux/arm64', [name], web],
    ['platform', 'linux/amd64', web, [name]],
  ]);
}

/** What is in a registry, by the same words. */
async function ofRegistry(step: Step, name: string): Promise<void> {
  const id = await connect(name);
  await ask('POST', '/registries/sync', { registries: [id] });
  const all = () => images(`registry=${id}`);
  await expect.poll(async () => (await all()).length, { timeout: 30_000 }).toBeGreaterThan(4);
  const known = async (end: string) => (await all()).find((image) => image.name.endsWith(end));
  const [backup, web] = [await known('tools/backup:3.1'), await known('shop/web:1.0')];
  await ask('POST', '/scans', { images: [backup?.id, web?.id] });
  const done = async () => (await all()).filter(({ status }) => status === 'scanned').length;
  await expect.poll(done, { timeout: 30_000 }).toBe(2);
  const [shown, hidden] = [[backup?.name ?? ''], [web?.name ?? '']];
  await open(step.page, `/images/registry?registry=${id}`);
  await found(step, [
    ['repository', '*tools/backup', shown, hidden],
    ['tag', '3.1', shown, hidden],
    ['digest', backup?.digest ?? '', shown, hidden],
    ['registry_name', name, [...shown, ...hidden], []],
    ['namespace', 'tools', shown, hidden],
    ['vulnerability', 'CVE-2021-44228', hidden, shown],
    ['component', 'log4j-core', hidden, shown],
    ['distribution', 'debian', [...shown, ...hidden], []],
    ['platform', 'linux/s390x', [], [...shown, ...hidden]],
  ]);
  await ask('DELETE', `/registries/${id}`);
}

for (const language of SPOKEN) {
  test(`a list, ${language}`, async ({ page }) => {
    test.setTimeout(240_000);
    const step = { page, t: words(language), language };
    const repository = fresh(`list-${language}`);
    await signIn(page, language);
    await made(repository);
    await open(page, list(repository));
    await test.step('widths', () => widths(step));
    await test.step('order', () => moved(step));
    await test.step('pages', () => pages(step));
    await test.step('all but one', () => allButOne(step, repository));
    docker(['rmi', ...[...OWN, ...SAME].map((tag) => `${repository}:${tag}`)]);
  });

  test(`what is searched, ${language}`, async ({ page }) => {
    test.setTimeout(240_000);
    const step = { page, t: words(language), language };
    const name = `${fresh(`other-${language}`)}:1`;
    await signIn(page, language);
    await scanned('shop/web');
    await other(name);
    await test.step('local', () => local(step, name));
    docker(['rm', name.replace(/\W/g, '-')]);
    docker(['rmi', name]);
    await test.step('of a registry', () => ofRegistry(step, fresh(`searched-${language}`)));
  });
}
