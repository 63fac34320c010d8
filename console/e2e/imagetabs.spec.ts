// What can be done on the page of an image, in both languages: it is scanned and given up, its report is read in every
// form, and numbers in its tabs lead to what they count.
import type { Page } from '@playwright/test';
import { expect, type Language, open, SPOKEN, shown, signIn, test } from './console';
import { given } from './files';
import { load } from './handmade';
import { choose, close, dialog, press, rows, tab } from './page';
import { ask, change, connect, docker, fresh, type Image, images, push, scanned } from './server';
import { type Words, words } from './texts';
import { unzip } from './unzip';

type Step = { page: Page; t: Words; language: Language; image: Image };

const box = (page: Page, name: string) => page.locator('#page').getByRole('combobox', { name, exact: true });
const marks = (page: Page) => page.locator('#page .image-marks');

/** An image is scanned from its head; where only one an hour may be pulled, the scan of another is given up there. */
async function headed({ page, t }: Omit<Step, 'image'>, name: string): Promise<void> {
  push(`${name}/own`, 2);
  const registry = await connect(name);
  await ask('POST', '/registries/sync', { registries: [registry] });
  const all = () => images(`registry=${registry}&search=${name}%2Fown`);
  await expect.poll(async () => (await all()).length, { timeout: 30_000 }).toBe(2);
  const ids = (await all()).map(({ id }) => id);
  await open(page, `/images/${ids[0]}`);
  await expect(marks(page)).toContainText(t('texts:status.unscanned'));
  await expect(page.locator('#page').getByText(t('image:notScanned'))).toBeVisible();
  await press(page.locator('#page'), t('images:scan'));
  await press(dialog(page), t('images:scanNow'));
  await expect(marks(page)).toContainText(t('texts:status.scanned'), { timeout: 30_000 });
  await expect(page.locator('#page').getByText(t('image:fixPlan'))).toBeVisible();

  await change(registry, name, { images_per_hour: 1 });
  await ask('POST', '/scans', { images: ids, force: true });
  const waiting = async () => (await all()).find(({ status }) => status === 'waiting');
  await expect.poll(waiting).toBeDefined();
  await open(page, `/images/${(await waiting())?.id}`);
  await expect(marks(page)).toContainText(t('texts:status.waiting'));
  await press(page.locator('#page'), t('images:cancelScan'));
  await expect(page.getByText(t('images:cancelled', { count: 1 }))).toBeVisible();
  await expect(marks(page)).toContainText(t('texts:status.cancelled'));
  await change(registry, name, {});
  await press(page.locator('#page'), t('images:rescan'));
  await expect(dialog(page).getByRole('checkbox', { name: t('images:force') })).toBeChecked();
  await press(dialog(page), t('images:scanNow'));
  await expect(marks(page)).toContainText(t('texts:status.scanned'), { timeout: 30_000 });
  await ask('DELETE', `/registries/${registry}`);
}

const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;

/** How the report is told in each form to be what it is. */
const FORMS: Record<string, (file: Buffer, text: string) => void> = {
  html: (_, text) => expect(text).toMatch(/^<!doctype html>.*CVE-2021-44228.*<\/html>\s*$/is),
  xlsx: (file) => expect([...unzip(file).values()].join()).toContain('CVE-2021-44228'),
  csv: (_, text) =>
    expect(text.split('\n').filter((line) => line.includes('CVE-2021-44228')).length).toBeGreaterThan(0),
  json: (_, text) => expect(JSON.stringify(parsed(text))).toContain('CVE-2021-44228'),
  sarif: (_, text) => expect(parsed(text)).toMatchObject({ version: '2.1.0', runs: [{ tool: {} }] }),
  cyclonedx: (_, text) => expect(parsed(text)).toMatchObject({ bomFormat: 'CycloneDX' }),
  spdx: (_, text) => expect(parsed(text)).toMatchObject({ spdxVersion: expect.stringMatching(/^SPDX-2/) }),
  junit: (_, text) => expect(text).toMatch(/^<\?xml.*<testsuite.*<\/testsuites>\s*$/s),
  github: (_, text) => expect(text).toMatch(/^::(error|warning|notice) .*CVE-2021-44228/m),
  table: (_, text) => expect(text).toContain('CVE-2021-44228'),
};

async function reported({ page, t, image }: Step): Promise<void> {
  await open(page, `/images/${image.id}`);
  for (const [form, look] of Object.entries(FORMS)) {
    await test.step(form, async () => {
      await press(page.locator('#page'), t('image:report'));
      const file = await given(page.getByRole('link', { name: t(`image:format.${form}`), exact: true }));
      look(file, file.toString('utf8').replace(/^\uFEFF/, ''));
      await page.keyboard.press('Escape');
    });
  }
}

/** Another name of the same content leads to that image. */
async function named({ page }: Step): Promise<void> {
  const other = page.locator('#page .same').getByRole('link', { name: 'shop/api:2.0' });
  const [known] = await images('kind=local&name=shop/api:2.0');
  await other.click();
  await shown(page, `/images/${known?.id}`);
  await expect(page.locator('#page h1')).toContainText('shop/api:2.0');
}

async function compliant({ page, t, image }: Step): Promise<void> {
  type Row = { rule: string };
  const { items } = await ask<{ items: Row[] }>('GET', `/images/${image.id}/findings?kind=compliance`);
  await open(page, `/images/${image.id}?tab=compliance`);
  await expect(rows(page)).toHaveCount(items.length);
  await expect(rows(page, items[0]?.rule).first()).toBeVisible();
  await rows(page).first().locator('td').nth(2).click();
  await expect(dialog(page)).toContainText(items[0]?.rule ?? '');
  for (const key of ['description', 'advice']) {
    await expect(dialog(page).getByText(t(`image:${key}`), { exact: true })).toBeVisible();
  }
  await close(page);
}

/** Software by its kind, by where it is from, by whether anything is wrong with it; and the way to that. */
async function software({ page, t, image }: Step): Promise<void> {
  const count = async (query: string) =>
    (await ask<{ items: unknown[] }>('GET', `/images/${image.id}/packages?limit=100&${query}`)).items.length;
  await open(page, `/images/${image.id}?tab=software`);
  await choose(box(page, t('image:type')), 'npm');
  const npm = await count('type=npm');
  await expect(rows(page)).toHaveCount(npm);
  await expect(rows(page, 'node_modules')).toHaveCount(npm);
  await choose(box(page, t('image:origin')), t('image:origin_.yes'));
  await expect(page.getByText(t('image:nothingFits'))).toBeVisible();
  await choose(box(page, t('image:type')), 'deb');
  await expect(rows(page)).toHaveCount(Math.min(20, await count('type=deb&from_base=true')));
  await expect(rows(page).filter({ hasNotText: t('image:fromBase') })).toHaveCount(0);
  await page.getByRole('checkbox', { name: t('image:vulnerableOnly') }).check();
  const vulnerable = await count('type=deb&from_base=true&vulnerable=true');
  expect(vulnerable).toBeGreaterThan(0);
  await expect(rows(page)).toHaveCount(Math.min(20, vulnerable));
  await open(page, `/images/${image.id}?tab=software&within=type%3Dmaven`);
  const name = 'org.apache.logging.log4j:log4j-core';
  await press(rows(page, 'log4j-core'), t('image:vulnerabilitiesOf', { name }));
  await led(page, t('texts:kind.vulnerabilities'), 'log4j-core');
}

/** A tab is open, and its list holds nothing but what was asked for. */
async function led(page: Page, title: string, holds: string): Promise<void> {
  await expect(page.getByRole('tab', { selected: true })).toContainText(title);
  await expect(rows(page).first()).toBeVisible();
  await expect(rows(page).filter({ hasNotText: holds })).toHaveCount(0);
}

/** What a layer brought: its findings, and its packages. */
async function layered({ page, t, image }: Step): Promise<void> {
  await open(page, `/images/${image.id}?tab=layers`);
  const copied = rows(page, 'COPY rootfs/ /');
  const number = (await copied.locator('td').first().textContent()) ?? '';
  const baseline = copied.getByRole('button', { name: t('texts:kind.baseline') });
  const count = Number(/\d+$/.exec((await baseline.textContent()) ?? ''));
  await baseline.click();
  await expect(page.getByRole('tab', { selected: true })).toContainText(t('texts:kind.baseline'));
  await expect(rows(page, 'etc/shadow').first()).toBeVisible();
  await expect(rows(page)).toHaveCount(count);
  const mark = page.locator('#page .filters .ant-tag', { hasText: t('image:layerNumber', { number }) });
  await press(mark, t('image:clear'));
  await expect(mark).toHaveCount(0);
  await expect(rows(page).nth(count)).toBeVisible();
  await tab(page, t('image:tab.layers'));
  const first = rows(page)
    .filter({ has: page.locator('td:nth-child(5) button') })
    .first();
  const packages = Number(await first.locator('td:nth-child(5)').textContent());
  await first.locator('td:nth-child(5) button').click();
  await expect(page.getByRole('tab', { selected: true })).toContainText(t('image:tab.software'));
  await expect(page.locator('#page .ant-tag', { hasText: t('image:layerNumber', { number: 1 }) })).toBeVisible();
  await expect(rows(page)).toHaveCount(Math.min(20, packages));
}

/** From how to mend it, and from the bars of severities, to the vulnerabilities. */
async function planned({ page, t, image }: Step): Promise<void> {
  type Plan = { upgrades: { package: string; vulnerabilities: string[] }[] };
  const { upgrades } = await ask<Plan>('GET', `/images/${image.id}/fix-plan`);
  const upgrade = upgrades.find((one) => one.package.endsWith('log4j-core'));
  await open(page, `/images/${image.id}`);
  await rows(page, 'log4j-core').getByRole('button').click();
  await led(page, t('texts:kind.vulnerabilities'), 'log4j-core');
  for (const id of upgrade?.vulnerabilities ?? ['']) await expect(rows(page, id).first()).toBeVisible();
  await tab(page, t('image:tab.overview'));
  await press(page.locator('#page .bars'), t('texts:severity.critical'));
  await led(page, t('texts:kind.vulnerabilities'), t('texts:severity.critical'));
}

/** What runs programs of this machine, as the image has none. */
const PROGRAMS = ['/usr', '/bin', '/lib', '/lib64'].map((path) => `--volume=${path}:${path}:ro`);

/** Containers of an image by their state and name. */
async function contained({ page, t }: Omit<Step, 'image'>, name: string): Promise<void> {
  load(`${name}:1`, { 'etc/os-release': 'ID=debian\nVERSION_ID=12\n' });
  docker(['create', '--name', `${name}-still`, '--network=none', `${name}:1`, '/bin/sleep', '9']);
  const more = ['--network=none', '--user=0', ...PROGRAMS, `${name}:1`, '/bin/sleep', '86400'];
  docker(['run', '--detach', '--name', `${name}-busy`, ...more]);
  const find = async () => (await images(`kind=local&name=${name}&running=true`))[0];
  await expect.poll(find, { timeout: 30_000 }).toBeDefined();
  await open(page, `/images/${(await find())?.id}?tab=containers`);
  await expect(rows(page)).toHaveCount(2);
  const state = box(page, t('image:stateTitle'));
  await choose(state, t('image:containerState.running'));
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page, `${name}-busy`)).toContainText('/bin/sleep 86400');
  await choose(state, t('image:containerState.running'), t('image:containerState.created'));
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page, `${name}-still`)).toContainText(t('image:containerState.created'));
  await choose(state, t('image:containerState.running'));
  await expect(rows(page)).toHaveCount(2);
  const sought = page.locator('#page .search-box').getByRole('searchbox');
  await sought.fill(`${name}-busy`);
  await sought.press('Enter');
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(/within=.*busy/);
  await sought.fill('no such container');
  await sought.press('Enter');
  await expect(page.getByText(t('image:nothingFits'))).toBeVisible();
  docker(['rm', '--force', `${name}-busy`, `${name}-still`]);
}

for (const language of SPOKEN) {
  test(`the head of an image, ${language}`, async ({ page }) => {
    test.setTimeout(150_000);
    const t = words(language);
    await signIn(page, language);
    const image = await scanned('shop/web');
    const step = { page, t, language, image };
    await test.step('scan', () => headed(step, fresh(`head-${language}`)));
    await test.step('report', () => reported(step));
    await test.step('names', () => named(step));
  });

  test(`tabs of an image, ${language}`, async ({ page }) => {
    test.setTimeout(150_000);
    const t = words(language);
    await signIn(page, language);
    const image = await scanned('shop/web');
    const step = { page, t, language, image };
    await test.step('compliance', () => compliant(step));
    await test.step('software', () => software(step));
    await test.step('layers', () => layered(step));
    await test.step('plan', () => planned(step));
    await test.step('containers', () => contained(step, fresh(`kept-${language}`)));
  });
}
