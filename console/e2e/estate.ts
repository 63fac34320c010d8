// Starts what the tests look at: engine and registries (`estate` of testkit), and a server over them. All of it ends
// with the tests.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { preview } from 'vite';

const ROOT = join(import.meta.dirname, '../..');
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
export const PASSWORD = 'three words that differ';

/** Where everything is; what is not installed is missing. */
export type Estate = {
  server: string;
  engine?: string;
  registry?: string;
  expired?: string;
  user: string;
  password: string;
  /** The certificate to trust. */
  authority: string;
  /** The archive of an image whose names are hostile. */
  hostile: string;
};

/** The first lines that a program prints, until one that is wanted. */
async function told(child: ChildProcess, wanted: RegExp): Promise<string> {
  const lines: string[] = [];
  if (!child.stdout) throw new Error('the program has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (wanted.test(line)) return lines.join('\n');
  }
  throw new Error(`the program ended: ${lines.join('\n')}`);
}

function start(program: string, words: string[], more: Record<string, string> = {}): ChildProcess {
  const path = join(TARGET, process.env.PROFILE ?? 'debug', program);
  return spawn(path, words, {
    env: { ...process.env, ...more },
    stdio: ['pipe', 'pipe', process.env.LOGS ? 'inherit' : 'ignore'],
  });
}

/** Gives the administrator the password that the tests know, as the first sign-in asks for. */
async function signIn(server: string, first: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ login: 'admin', password: first });
  const answer = await fetch(`${server}/api/v1/session`, { method: 'POST', headers, body });
  const me = (await answer.json()) as { csrf_token: string };
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const changed = await fetch(`${server}/api/v1/me/password`, {
    method: 'PUT',
    headers: { ...headers, cookie, 'x-csrf-token': me.csrf_token },
    body: JSON.stringify({ current: first, new: PASSWORD }),
  });
  if (!changed.ok) throw new Error(`the password was not changed: ${await changed.text()}`);
}

/** Serves the pages of `built/site` in the place of those in the program, under the same policy: for work on the tests. */
async function served(server: string): Promise<string> {
  const policy = (await fetch(server)).headers.get('content-security-policy') ?? '';
  const site = await preview({
    root: join(ROOT, 'console'),
    preview: {
      host: '127.0.0.1',
      port: 20_000 + (process.pid % 10_000),
      proxy: { '/api': server, '/health': server },
      headers: { 'content-security-policy': policy },
    },
  });
  return site.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? '';
}

/** Starts everything, and gives what ends it. */
export default async function setUp(): Promise<() => void> {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-console-'));
  const parts = start('estate', []);
  const estate = JSON.parse(await told(parts, /^\{/)) as Estate;
  estate.authority = readFileSync(estate.authority, 'utf8');
  const words = [
    'serve',
    '--data-dir',
    directory,
    '--listen',
    '127.0.0.1:0',
    '--mirror',
    join(ROOT, 'sample/advisories'),
  ];
  const server = start('lazaret', words, { DOCKER_HOST: estate.engine ?? 'unix:///nowhere', RUST_LOG: 'warn' });
  const said = await told(server, /answers at/);
  estate.server = /answers at (\S+?)\/?$/m.exec(said)?.[1] ?? '';
  await signIn(estate.server, /password: (\S+)/.exec(said)?.[1] ?? '');
  if (process.env.PREVIEW) estate.server = await served(estate.server);
  process.env.ESTATE = JSON.stringify(estate);
  return () => {
    server.kill('SIGTERM');
    parts.stdin?.end();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
}
