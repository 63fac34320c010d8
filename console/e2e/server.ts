// Asks the server past the pages, and fills engine and registry: for what has to be there before a test looks.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { estate, expect } from './console';
import { PASSWORD } from './estate';
import { Session } from './session';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

let session: Promise<Session> | undefined;

/** Sends a request as the administrator, and gives what was answered. */
export async function ask<T = { id: number }>(method: Method, path: string, body?: unknown): Promise<T> {
  session ??= Session.open(estate.server, 'admin', PASSWORD);
  return (await session).ask<T>(method, path, body);
}

export type Image = { id: number; name: string; image_id: string; status: string; digest?: string };

/** The images that fit a filter. */
export async function images(query: string): Promise<Image[]> {
  return (await ask<{ items: Image[] }>('GET', `/images?limit=100&${query}`)).items;
}

/** The image of a name, scanned. */
export async function scanned(name: string): Promise<Image> {
  const find = async () => (await images(`kind=local&name=${encodeURIComponent(name)}`))[0];
  await expect.poll(find).toBeDefined();
  const image = (await find()) as Image;
  if (image.status !== 'scanned') await ask('POST', '/scans', { images: [image.id] });
  await expect.poll(async () => (await find())?.status, { timeout: 60_000 }).toBe('scanned');
  return image;
}

let others: number[] = [];

/** Makes a project beside the first one, so that decisions about more than picked images have to name theirs. */
export async function beside(name: string): Promise<void> {
  others.push((await ask('POST', '/projects', { name: fresh(`beside ${name}`) })).id);
}

/** Deletes the projects that were made beside the first one. */
export async function alone(): Promise<void> {
  for (const id of others) await ask('DELETE', `/projects/${id}`);
  others = [];
}

/** Takes back the decisions that hold and whose remarks have a text. */
export async function revokeAll(remark: string): Promise<void> {
  const path = `/decisions?state=active&limit=100&search=${encodeURIComponent(remark)}`;
  const { items } = await ask<{ items: { id: number }[] }>('GET', path);
  for (const { id } of items) await ask('POST', `/decisions/${id}/revoke`, {});
}

/** Replaces the rules of a kind, and waits until what was looked through before is looked through again. */
async function rule(kind: string, content: string): Promise<void> {
  const { tasks } = await ask<{ tasks: number[] }>('PUT', `/rules/${kind}`, { content });
  const ended = async (task: number) => Boolean((await ask<{ finished?: number }>('GET', `/tasks/${task}`)).finished);
  for (const task of tasks) await expect.poll(() => ended(task), { timeout: 90_000 }).toBe(true);
}

/** The rule of compliance that images of the engine break. */
export const FORBIDDEN = 'software/walked';

/** Forbids what is in every image, and approves a base image that none has. */
export async function forbid(): Promise<void> {
  const text = (said: string) => `{ en = "${said}", zh = "${said}" }`;
  const what = 'forbidden = { kind = "software", packages = { deb = ["base-files"] } }';
  const texts = ['title', 'description', 'advice'].map((key) => `${key} = ${text(`walked ${key}`)}`);
  const lines = ['[[rule]]', `id = "${FORBIDDEN}"`, 'severity = "high"', ...texts, what];
  await rule('compliance', `${lines.join('\n')}\n`);
  const base = { name: 'ours/base:1', digest: null, platform: null, layers: [`sha256:${'a'.repeat(64)}`] };
  await rule('bases', JSON.stringify({ version: 1, bases: [base] }));
}

/** Forbids nothing any more. */
export async function permit(): Promise<void> {
  for (const kind of ['compliance', 'bases']) await rule(kind, '');
}

/** Runs a command of the engine. */
export function docker(words: string[], input?: Buffer): string {
  const env = { ...process.env, DOCKER_HOST: estate.engine };
  return execFileSync('docker', words, { env, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
}

/** Many files, so that a scan of them takes long enough to be seen. */
const LARGE = join(import.meta.dirname, '../node_modules/typescript/lib');

/** Makes images of contents that nothing else has, the first of them large, and waits until they are listed. */
export async function make(repository: string, count: number): Promise<void> {
  const archive = execFileSync('tar', ['-cf', '-', '-C', LARGE, '.'], { maxBuffer: 1 << 28 });
  docker(['import', '-', `${repository}:1`], archive);
  for (let at = 2; at <= count; at += 1) {
    docker(['commit', '--change', `LABEL made=${repository}-${at}`, 'web-1', `${repository}:${at}`]);
  }
  const query = `repository=${encodeURIComponent(repository)}`;
  await expect.poll(async () => (await images(query)).length).toBe(count);
}

/** Takes images that were made out of the engine. */
export function remove(repository: string, count: number): void {
  docker(['rmi', ...Array.from({ length: count }, (_, at) => `${repository}:${at + 1}`)]);
}

/** A name that nothing else has. */
export const fresh = (name: string) => `${name}-${Date.now().toString(36)}`;

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
export async function connect(name: string): Promise<number> {
  const body = { name, kind: 'oci', settings: settings(), secrets: { password: estate.password } };
  return (await ask<{ id: number }>('POST', '/registries', body)).id;
}

type Change = { images_per_hour?: number; password?: string };

/** Changes how many images an hour may be pulled, and the password. */
export async function change(id: number, name: string, wanted: Change): Promise<void> {
  const { password = estate.password, ...more } = wanted;
  await ask('PUT', `/registries/${id}`, { name, settings: { ...settings(), ...more }, secrets: { password } });
}
