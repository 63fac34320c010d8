// The fleet of a made-up company as it is after two weeks with Lazaret: what the pictures are of.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADVISORIES, PASSWORD, type Running, start } from '../e2e/estate';
import { Session } from '../e2e/session';

/** For how long the server has been running. */
const DAYS = 14;
const DAY = 86_400_000;
/** What the list of hosts shows: not what is of the machine that takes the pictures. */
const HOSTS = ['name', 'images', 'containers', 'os', 'architecture', 'seen'];
/** What makes a program believe in another day; of the Debian package `faketime`. */
const CALENDAR = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';

/** So many days ago, these advisories were published. */
const NEWS = { ago: 3, of: ['Maven/GHSA-jfh8-c2jp-5v3q', 'Debian/DEBIAN-CVE-2023-4911', 'npm/GHSA-phwq-j96m-2c2q'] };

type Item = { id: number; name: string };
type Items = { items: Item[] };

/** The world of the server: the day, which is what stands in a file, and what is known of vulnerabilities on it. */
class World {
  private readonly directory = mkdtempSync(join(tmpdir(), 'lazaret-company-'));
  private readonly file = join(this.directory, 'today');
  readonly advisories = join(this.directory, 'advisories');

  constructor() {
    cpSync(ADVISORIES, this.advisories, { recursive: true });
    for (const name of NEWS.of) rmSync(join(this.advisories, `${name}.json`));
  }

  /** The news are published. */
  publish(): void {
    cpSync(ADVISORIES, this.advisories, { recursive: true });
  }

  set(daysAgo: number): void {
    writeFileSync(this.file, `-${daysAgo}d\n`);
  }

  environment(): Record<string, string> {
    return {
      LD_PRELOAD: CALENDAR,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

/** Starts everything, lets two weeks go by, and gives what ends it. */
export default async function setUp(): Promise<() => void> {
  const world = new World();
  world.set(DAYS);
  const { advisories } = world;
  const running = await start({ words: ['--company'], advisories, environment: world.environment() });
  try {
    for (let ago = DAYS; ago > 0; ago--) await day(running, world, ago);
    world.set(0);
    const session = await Session.open(running.estate.server, 'admin', PASSWORD);
    await connect(running, session);
    await manage(session);
    await approve(session);
    await decide(session);
    await exported(session);
    process.env.ESTATE = JSON.stringify(running.estate);
  } catch (error) {
    running.end();
    throw error;
  }
  return () => {
    running.end();
    world.remove();
  };
}

async function scan(session: Session, images: number[], name?: string): Promise<void> {
  if (!images.length) return;
  const task = await session.ask<{ id: number }>('POST', '/scans', { images, name });
  await session.ended(task.id);
}

/** A day on which a few more of the images are scanned. */
async function day({ estate }: Running, world: World, ago: number): Promise<void> {
  world.set(ago);
  const session = await Session.open(estate.server, 'admin', PASSWORD);
  const { items } = await session.ask<Items>('GET', '/images?kind=local&limit=100');
  const share = (index: number) => index % DAYS === DAYS - ago;
  await scan(
    session,
    items.filter((_, index) => share(index)).map(({ id }) => id),
  );
  if (ago === NEWS.ago) {
    world.publish();
    const update = await session.ask<{ id: number }>('POST', '/advisories/update');
    await session.ended(update.id);
  }
}

/** Connects two registries, one of which cannot be reached any more, and scans what is in the other. */
async function connect({ estate }: Running, session: Session): Promise<void> {
  const known = { username: estate.user, authorities: estate.authority };
  for (const [name, address] of [
    ['shanghai', estate.registry],
    ['stuttgart-old', estate.expired],
  ]) {
    const settings = { ...known, address, nightly: true, images_per_hour: name === 'shanghai' ? 1000 : null };
    await session.ask('POST', '/registries', {
      name,
      kind: 'oci',
      settings,
      secrets: { password: estate.password },
    });
  }
  const sync = await session.ask<{ id: number }>('POST', '/registries/sync', { all: true });
  await session.ended(sync.id);
  const { items } = await session.ask<Items>('GET', '/images?kind=registry&scannable=true&limit=100');
  // Some are left, as there are always some.
  await scan(
    session,
    items.filter(({ name }) => !name.includes('tools/')).map(({ id }) => id),
  );
}

/** Who works with it, and what is done by itself. */
async function manage(session: Session): Promise<void> {
  await session.ask('PUT', '/me/preferences', { tables: { hosts: { shown: HOSTS } } });
  for (const name of ['payments', 'logistics']) await session.ask('POST', '/projects', { name });
  for (const [login, role, language] of [
    ['li.wei', 'operator', 'zh'],
    ['anna.vogel', 'operator', 'en'],
    ['revision', 'auditor', 'en'],
    ['guest', 'viewer', 'en'],
  ]) {
    await session.ask('POST', '/accounts', { login, role, language, password: PASSWORD });
  }
  await session.ask('POST', '/tokens', { name: 'build-pipeline', role: 'operator', expires: Date.now() + 90 * DAY });
  const window = { from: '00:00', to: '07:00' };
  const nightly = await session.ask<{ id: number }>('POST', '/schedules', {
    name: 'running images, every night',
    rhythm: { type: 'days', every: 1, at: '01:30' },
    window,
    only_running: true,
    targets: ['local'],
    zone: 'Europe/Berlin',
    enabled: true,
  });
  await session.ask('POST', '/schedules', {
    name: '仓库镜像周检',
    rhythm: { type: 'days', every: 7, at: '02:00' },
    window,
    only_latest: true,
    targets: ['registry'],
    zone: 'Asia/Shanghai',
    per_hour: 500,
    enabled: true,
  });
  const run = await session.ask<{ id: number }>('POST', `/schedules/${nightly.id}/run`);
  await session.ended(run.id);
  await session.ask('PUT', '/authorisation/settings', {
    enabled: true,
    quota: 200,
    rule: { kinds: ['registry'], names: ['*/payments/*'], daily: 20 },
  });
  await session.ask('POST', '/authorisation', { filter: { kind: ['local'] } });
}

/** The base image that is approved: the lowest layer of what the shop runs. */
async function approve(session: Session): Promise<void> {
  const { items } = await session.ask<Items>('GET', '/images?kind=local&search=shop%2Fcart');
  const layers = await session.ask<{ diff_id: string }[]>('GET', `/images/${items[0]?.id}/layers`);
  const base = {
    name: 'debian:12-slim',
    platform: 'linux/amd64',
    layers: layers.slice(0, 1).map((layer) => layer.diff_id),
  };
  const content = JSON.stringify({ version: 1, bases: [base] });
  const { tasks } = await session.ask<{ tasks: number[] }>('PUT', '/rules/bases', {
    content,
    remark: 'our own mirror',
  });
  for (const task of tasks) await session.ended(task);
}

/** What people said of findings. */
async function decide(session: Session): Promise<void> {
  const month = Date.now() + 30 * DAY;
  for (const body of [
    {
      action: 'false-positive',
      scope: { type: 'all' },
      subjects: [{ kind: 'vulnerabilities', rule: 'CVE-2005-2541' }],
      remark: 'tar warns of set-uid bits: works as documented',
    },
    {
      action: 'deferral',
      scope: { type: 'names', repositories: ['**/ledger'] },
      subjects: [{ kind: 'vulnerabilities', rule: 'CVE-2021-44228' }],
      until: month,
      remark: 'the ledger moves to log4j 2.17 with release 7.5',
    },
    {
      action: 'ignore',
      scope: { type: 'kinds', kinds: ['local'] },
      subjects: [{ kind: 'vulnerabilities', rule: 'CVE-2023-45853' }],
      until_fix: true,
      remark: 'zlib: minizip is not part of the package',
    },
  ]) {
    await session.ask('POST', '/decisions', { ...body, project_id: 1 });
  }
}

/** Files that somebody asked for. */
async function exported(session: Session): Promise<void> {
  for (const [subject, format] of [
    ['images', 'xlsx'],
    ['vulnerabilities', 'csv'],
    ['sbom', 'cyclonedx'],
  ]) {
    await session.ask('POST', '/exports', { subject, format, filter: {} });
  }
}
