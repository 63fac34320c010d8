// Steps that journeys share: how lists, filters, dialogs and drawers are used.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { estate, expect, type Language, open } from './console';
import type { Words } from './texts';

/** The rows of the list of a page. */
export const rows = (page: Page) => page.locator('#page .ant-table-tbody tr.ant-table-row');

/** The dialog or drawer that is on top. */
export const dialog = (page: Page) => page.getByRole('dialog').last();

/** The rows of a list in a drawer. */
export const inner = (page: Page) => dialog(page).locator('.ant-table-tbody tr.ant-table-row');

/** A button by all of its words; the name of its sign may stand before them. */
export function button(place: Page | Locator, name: string): Locator {
  const words = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return place.getByRole('button', { name: new RegExp(`^([a-z-]+ )?${words}$`) });
}

/** Looks for a name, and waits until only what has it is listed. */
export async function search(page: Page, text: string): Promise<void> {
  await page.locator('#page .search-box').getByRole('searchbox').fill(text);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL((url) => [...url.searchParams.values()].includes(text));
  await expect(rows(page).filter({ hasNotText: text })).toHaveCount(0);
}

/** Chooses words in a drop-down, and closes it. */
export async function choose(box: Locator, ...options: (string | RegExp)[]): Promise<void> {
  const page = box.page();
  await box.click();
  for (const option of options) {
    if (typeof option === 'string' && (await box.isEditable())) await box.fill(option);
    await page.locator('.ant-select-dropdown:visible').getByTitle(option, { exact: true }).click();
  }
  if ((await box.getAttribute('aria-expanded')) === 'true') await box.press('Escape');
  await expect(page.locator('.ant-select-dropdown:visible')).toHaveCount(0);
}

/** Answers the question that is asked with its main button. */
export async function agree(page: Page): Promise<void> {
  await page.locator('.ant-modal-confirm').last().locator('.ant-btn-primary').click();
  await expect(page.locator('.ant-modal-confirm')).toHaveCount(0);
}

/** Closes the drawer on top. */
export async function close(page: Page): Promise<void> {
  const before = await page.getByRole('dialog').count();
  await dialog(page).locator('.ant-drawer-close, .image-actions button:has(.anticon-close)').click();
  await expect(page.getByRole('dialog')).toHaveCount(before - 1);
}

/** Opens the tab of an image that is open. */
export async function tab(page: Page, name: string): Promise<void> {
  const wanted = page.getByRole('tab', { name: new RegExp(`^${name}`) }).last();
  await wanted.click();
  await expect(wanted).toHaveAttribute('aria-selected', 'true');
}

/** Keeps every state that is shown from now on: what is over quickly is not missed. */
export async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen = new Set<string>();
    const look = () => {
      for (const cell of document.querySelectorAll('.ant-table-tbody .status'))
        seen.add(cell.textContent?.trim() ?? '');
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { seen });
  });
}

/** The states that were shown. */
export const seen = (page: Page) => page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen].join());

/** Asks the interface as who is signed in: for what a test stands on, not for what it tests. */
export async function ask<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  const me = (await (await page.request.get(`${estate.server}/api/v1/me`)).json()) as { csrf_token: string };
  const headers = { 'x-csrf-token': me.csrf_token };
  const answer = await page.request.fetch(`${estate.server}/api/v1${path}`, { method, headers, data: body });
  const text = await answer.text();
  expect(answer.ok(), `${method} ${path}: ${text}`).toBe(true);
  return (text ? JSON.parse(text) : undefined) as T;
}

export type Image = { id: number; name: string; image_id: string; status: string; digest?: string };

/** The images that fit a filter. */
export async function images(page: Page, query: string): Promise<Image[]> {
  return (await ask<{ items: Image[] }>(page, 'GET', `/images?limit=100&${query}`)).items;
}

/** The image of a name, scanned. */
export async function scanned(page: Page, name: string): Promise<Image> {
  const find = async () => (await images(page, `kind=local&name=${encodeURIComponent(name)}`))[0];
  await expect.poll(find).toBeDefined();
  const image = (await find()) as Image;
  if (image.status !== 'scanned') await ask(page, 'POST', '/scans', { images: [image.id] });
  await expect.poll(async () => (await find())?.status, { timeout: 60_000 }).toBe('scanned');
  return image;
}

/** Runs a command of the engine. */
export function docker(words: string[], input?: Buffer): string {
  const env = { ...process.env, DOCKER_HOST: estate.engine };
  return execFileSync('docker', words, { env, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
}

/** Many files, so that a scan of them takes long enough to be seen. */
const LARGE = join(import.meta.dirname, '../node_modules/typescript/lib');

/** Makes images of contents that nothing else has, the first of them large, and waits until they are listed. */
export async function make(page: Page, repository: string, count: number): Promise<void> {
  const archive = execFileSync('tar', ['-cf', '-', '-C', LARGE, '.'], { maxBuffer: 1 << 28 });
  docker(['import', '-', `${repository}:1`], archive);
  for (let at = 2; at <= count; at += 1) {
    docker(['commit', '--change', `LABEL made=${repository}-${at}`, 'web-1', `${repository}:${at}`]);
  }
  const query = `repository=${encodeURIComponent(repository)}`;
  await expect.poll(async () => (await images(page, query)).length).toBe(count);
}

/** A name that nothing else has. */
export const fresh = (name: string) => `${name}-${Date.now().toString(36)}`;

/** A text with a number in it. */
export function counted(t: Words, language: Language, key: string, count: number): string {
  return t(`${key}_${language === 'en' && count === 1 ? 'one' : 'other'}`, { count });
}

/** Puts images into the registry of the estate whose contents are nowhere else. */
export function push(repository: string, count: number): void {
  const host = new URL(estate.registry ?? '').host;
  const config = mkdtempSync(join(tmpdir(), 'lazaret-docker-'));
  const asked = ['--config', config];
  docker([...asked, 'login', '--username', estate.user, '--password-stdin', host], Buffer.from(estate.password));
  for (let at = 1; at <= count; at += 1) {
    const name = `${host}/${repository}:${at}`;
    docker(['commit', '--change', `LABEL pushed=${repository}-${at}`, 'web-1', name]);
    docker([...asked, 'push', '--quiet', name]);
    docker(['rmi', name]);
  }
  rmSync(config, { recursive: true });
}

/** How the registry of the estate is reached. */
const settings = () => ({ address: estate.registry, username: estate.user, authorities: estate.authority });

/** Connects the registry of the estate. */
export async function connect(page: Page, name: string): Promise<number> {
  const body = { name, kind: 'oci', settings: settings(), secrets: { password: estate.password } };
  return (await ask<{ id: number }>(page, 'POST', '/registries', body)).id;
}

type Change = { images_per_hour?: number; password?: string };

/** Changes how many images an hour may be pulled, and the password. */
export async function change(page: Page, id: number, name: string, wanted: Change): Promise<void> {
  const { password = estate.password, ...more } = wanted;
  await ask(page, 'PUT', `/registries/${id}`, { name, settings: { ...settings(), ...more }, secrets: { password } });
}

/** Opens a list of images with what is in the engine. */
export async function local(page: Page, query = ''): Promise<void> {
  expect(estate, 'dockerd, as root, is needed').toMatchObject({ engine: expect.any(String) });
  await open(page, `/images/local${query}`);
}
