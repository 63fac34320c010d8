// Exports, in both languages: files of every kind are made, opened and read, kept for some days, deleted.
import type { Page } from '@playwright/test';
import { expect, type Language, open, SPOKEN, signIn, test } from './console';
import { file, wanted } from './files';
import { agree, button, choose, dialog, rows, search } from './page';
import { scanned } from './server';
import { type Words, words } from './texts';
import { unzip } from './unzip';

type Step = { page: Page; t: Words; language: Language };

/** What the files of the sample hold. */
const HOLDS: Record<string, string> = {
  images: 'shop/web:1.0',
  vulnerabilities: 'CVE-2021-44228',
  baseline: 'etc/shadow',
  malware: 'upload.php',
  secrets: 'srv/shop/.env',
  compliance: 'shop',
  software: 'log4j-core',
  files: 'usr/local/bin/backup',
};

/** A spreadsheet of picked images, with some of its columns. */
async function picked({ page, t, language }: Step): Promise<void> {
  const name = `sheet ${language}`;
  await open(page, '/images/local');
  await search(page, 'shop/web');
  await page.locator('#page thead input[type=checkbox]').check();
  await button(page.locator('.batch'), t('images:export')).click();
  await wanted(page, t, name, 'vulnerabilities', 'xlsx');
  const english = language === 'en';
  const titles = english ? ['Image', 'ID', 'Fixed version'] : ['镜像', '编号', '修复版本'];
  await choose(dialog(page).locator('#columns'), ...titles);
  await choose(dialog(page).locator('#severity'), t('texts:severity.critical'));
  await dialog(page)
    .getByRole('checkbox', { name: t('exports:fixableOnly') })
    .check();
  await dialog(page).locator('#days').fill('3');
  await button(dialog(page), t('exports:make')).click();
  await page.getByRole('button', { name: t('exports:toExports') }).click();
  await expect(rows(page, name).locator('time').last()).toHaveText(english ? /in [23] days/ : /[23]\s?天后|后天/);
  const sheet = unzip(await file(page, name));
  const text = [...sheet.values()].join('\n');
  for (const title of titles) expect(text).toContain(title);
  expect(text).toContain('shop/web:1.1');
  expect(text).toContain('CVE-2021-44228');
  expect(text).not.toContain('shop/api');
  // It has no fix.
  expect(text).not.toContain('CVE-2023-45853');
}

const FORMATS = ['csv', 'json', 'xlsx'];

/** Every kind, of all images, one form after another. */
async function kinds({ page, t, language }: Step): Promise<void> {
  await open(page, '/exports');
  for (const [at, [subject, holds]] of Object.entries(HOLDS).entries()) {
    const [name, format] = [`${subject} ${language}`, FORMATS[at % FORMATS.length] ?? ''];
    await button(page.locator('.page-head'), t('exportlist:make')).click();
    await wanted(page, t, name, subject, format);
    await button(dialog(page), t('exports:make')).click();
    await expect(dialog(page)).toHaveCount(0);
    const made = await file(page, name);
    const text = format === 'xlsx' ? [...unzip(made).values()].join() : made.toString('utf8');
    expect(text, subject).toContain(holds);
    if (format === 'json') expect(JSON.parse(text)).toBeTruthy();
  }
}

/** No more rows than asked for, and of findings that somebody decided about none there are. */
async function few({ page, t, language }: Step): Promise<void> {
  const make = async (name: string, more: () => Promise<void>) => {
    await button(page.locator('.page-head'), t('exportlist:make')).click();
    await wanted(page, t, name, 'vulnerabilities', 'json');
    await more();
    await button(dialog(page), t('exports:make')).click();
    await expect(dialog(page)).toHaveCount(0);
    return (JSON.parse((await file(page, name)).toString('utf8')) as { rows: unknown[] }).rows;
  };
  await open(page, '/exports');
  const most = await make(`three ${language}`, () => dialog(page).locator('#max_rows').fill('3'));
  expect(most).toHaveLength(3);
  const handled = await make(`handled ${language}`, () =>
    choose(dialog(page).locator('#handled'), t('exports:handled_.yes')),
  );
  expect(handled).toHaveLength(0);
}

/** The list of packages of one image, from where it is open; then nobody needs it any more. */
async function sbom({ page, t, language }: Step, id: number): Promise<void> {
  const name = `packages ${language}`;
  await open(page, `/images/${id}`);
  await button(page, t('images:export')).click();
  await wanted(page, t, name, 'sbom', 'spdx');
  await button(dialog(page), t('exports:make')).click();
  await open(page, '/exports');
  const packages = JSON.parse((await file(page, name)).toString('utf8')) as { packages: { name: string }[] };
  expect(packages.packages.map((one) => one.name).join()).toContain('log4j-core');
  await button(rows(page, name), t('texts:delete')).click();
  await agree(page);
  await expect(rows(page, name)).toHaveCount(0);
}

for (const language of SPOKEN) {
  test(`exports, ${language}`, async ({ page }) => {
    const step = { page, t: words(language), language };
    await signIn(page, language);
    test.setTimeout(240_000);
    const image = await scanned('shop/web');
    await test.step('picked', () => picked(step));
    await test.step('kinds', () => kinds(step));
    await test.step('few', () => few(step));
    await test.step('sbom', () => sbom(step, image.id));
  });
}
