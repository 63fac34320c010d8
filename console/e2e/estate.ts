// Starts what the tests look at: engine and registries (`estate` of testkit), and a server over them. All of it ends
// with the tests.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { preview } from 'vite';
import { Session } from './session';

const ROOT = join(import.meta.dirname, '../..');
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
export const PASSWORD = 'three words that differ';

/** Where everything is; what is not installed is missing. */
export type Estate = {
  server: string;
  /** The program whose server it is. */
  program: string;
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

const pathOf = (program: string) => join(TARGET, process.env.PROFILE ?? 'debug', program);

function run(program: string, words: string[], more: Record<string, string> = {}): ChildProcess {
  return spawn(pathOf(program), words, {
    env: { ...process.env, ...more },
    stdio: ['pipe', 'pipe', process.env.LOGS ? 'inherit' : 'ignore'],
  });
}

/** Gives the administrator the password that the tests know, as the first sign-in asks for. */
async function signIn(server: string, first: string): Promise<Session> {
  const session = await Session.open(server, 'admin', first);
  await session.ask('PUT', '/me/password', { current: first, new: PASSWORD });
  return Session.open(server, 'admin', PASSWORD);
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

/** What runs, a session of its administrator, and what ends it. */
export type Running = { estate: Estate; session: Session; end(): void };

/** What is not as usual: words for the estate, where advisories are from, the environment of the server. */
type Unusual = { words?: string[]; advisories?: string; environment?: Record<string, string> };

/** Where the advisories of the sample are. */
export const ADVISORIES = join(ROOT, 'sample/advisories');

/** Starts everything. */
export async function start({ words = [], advisories = ADVISORIES, environment }: Unusual = {}): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-console-'));
  const parts = run('estate', words);
  const estate = JSON.parse(await told(parts, /^\{/)) as Estate;
  estate.authority = readFileSync(estate.authority, 'utf8');
  estate.program = pathOf('lazaret');
  const options = ['--data-dir', directory, '--listen', '127.0.0.1:0', '--mirror', advisories];
  const server = run('lazaret', ['serve', ...options], {
    DOCKER_HOST: estate.engine ?? 'unix:///nowhere',
    RUST_LOG: 'warn',
    ...environment,
  });
  const said = await told(server, /answers at/);
  estate.server = /answers at (\S+?)\/?$/m.exec(said)?.[1] ?? '';
  const session = await signIn(estate.server, /password: (\S+)/.exec(said)?.[1] ?? '');
  if (process.env.PREVIEW) estate.server = await served(estate.server);
  return {
    estate,
    session,
    end() {
      server.kill('SIGTERM');
      parts.stdin?.end();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Starts everything before the tests, and gives what ends it. */
export default async function setUp(): Promise<() => void> {
  const { estate, end } = await start();
  process.env.ESTATE = JSON.stringify(estate);
  return end;
}
