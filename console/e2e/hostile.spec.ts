// Names that a stranger gave and a careless page would obey, turn round or run over its edge with: each is shown as it
// is, or with what hides in it written out, and nothing beside it suffers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { isolated, visible } from '../src/parts/visible';
import { test as base, estate, expect, open, signIn } from './console';
import { ask, docker } from './server';
import { words } from './texts';

const PLANTED = join(import.meta.dirname, '../../crates/testkit/src/sample/hostile.json');
const NAMES: Record<string, string> = JSON.parse(readFileSync(PLANTED, 'utf8'));
/** What is longer than a file name may be, where people give names. */
const LONG = 'w'.repeat(100);
const CONTAINER = `hostile-${'c'.repeat(200)}`;
const TALLEST_ROW = 200;

/** A page on which nothing that a name says is done. */
const test = base.extend<{ quiet: undefined }>({
  quiet: [
    async ({ page }, use) => {
      const asked: string[] = [];
      page.on('dialog', (dialog) => {
        asked.push(dialog.message());
        void dialog.dismiss();
      });
      await use(undefined);
      expect(asked).toEqual([]);
    },
    { auto: true },
  ],
});

let image: number;
/** What is taken away at the end. */
const made: string[] = [];

async function make(path: string, body: unknown): Promise<void> {
  const { id } = await ask('POST', path, body);
  made.push(`${path}/${id}`);
}

/** What people call things by. */
async function name(kind: string, given: string): Promise<void> {
  // A control character in these is refused by the server.
  const named = given.replace(/\p{Cc}/gu, ' ');
  await make('/projects', { name: named });
  await make('/registries', {
    name: named,
    kind: 'oci',
    settings: { address: `https://${kind}.invalid`, nightly: false },
  });
  const rhythm = { type: 'days', every: 30 };
  await make('/schedules', { name: named, rhythm, enabled: false, images: [image] });
  const subjects = [{ kind: 'compliance', rule: '', package: given, path: '', fingerprint: '' }];
  const [decision] = await ask<{ id: number }[]>('POST', '/decisions', {
    action: 'ignore',
    subjects,
    scope: { type: 'images', images: [image] },
    remark: `${given}\n${given}`,
  });
  made.push(`/decisions/${decision?.id}/revoke`);
}

test.beforeAll(async () => {
  docker(['load', '-q', '-i', estate.hostile]);
  const [tag = ''] = docker([
    'images',
    '--format',
    '{{.Repository}}:{{.Tag}}',
    '--filter',
    'reference=hostile/*',
  ]).split('\n');
  docker(['create', '--name', CONTAINER, '--network', 'none', tag, ...Object.values(NAMES)]);
  await ask('POST', '/engines/refresh', {});
  const found = () => ask<{ items: { id: number; status: string }[] }>('GET', '/images?search=hostile/');
  await expect.poll(async () => (await found()).items.length, { timeout: 30_000 }).toBe(1);
  image = (await found()).items[0]?.id ?? 0;
  await ask('POST', '/scans', { images: [image] });
  await expect.poll(async () => (await found()).items[0]?.status, { timeout: 60_000 }).toBe('scanned');
  for (const [kind, given] of Object.entries({ ...NAMES, long: LONG })) await name(kind, given);
});

test.afterAll(async () => {
  for (const path of made.reverse()) await ask(path.endsWith('/revoke') ? 'POST' : 'DELETE', path, {});
  docker(['rm', CONTAINER]);
  docker(['rmi', ...docker(['images', '-q', '--filter', 'reference=hostile/*']).trim().split('\n')]);
  await ask('POST', '/engines/refresh', {});
});

/** Nothing of what the names say was done, and the page stands as it would with tame ones. */
async function unharmed(page: Page): Promise<void> {
  const harm = await page.evaluate((tallest) => {
    const own = [...document.scripts].filter((script) => !script.src.startsWith(location.origin));
    const tall = [...document.querySelectorAll('tr.ant-table-row')].filter((row) => row.clientHeight > tallest);
    const wide = [
      document.documentElement,
      ...document.querySelectorAll('.content, .ant-drawer-header, .ant-drawer-body, .ant-modal, dl'),
    ];
    return {
      injected: document.querySelectorAll('img[src=x], a[href^="javascript:" i]').length + own.length,
      tall: tall.map((row) => row.textContent),
      wide: wide.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className || one.tagName),
      // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not read
      hidden: /[\u202a-\u202e\u2066\u2067]|(?![\n\t])\p{Cc}/u.test(document.body.innerText),
    };
  }, TALLEST_ROW);
  expect.soft(harm, page.url()).toEqual({ injected: 0, tall: [], wide: [], hidden: false });
  expect.soft(await turning(page), page.url()).toEqual([]);
}

/** Words that are written from the right and share a line with others, from which nothing parts them. */
async function turning(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const said = text.textContent ?? '';
      if (!/[\u0590-\u08ff]/.test(said) || said.includes('\u2068')) continue;
      let within = text.parentElement;
      const style = (element: Element) => getComputedStyle(element);
      while (within && style(within).display === 'inline' && style(within).unicodeBidi === 'normal') {
        within = within.parentElement;
      }
      const alone = within?.textContent?.trim() === said.trim();
      if (within && style(within).display !== 'inline' && !alone) found.push(within.textContent ?? '');
    }
    return found;
  });
}

/** Each name can be read in a part of the page. */
async function legible(page: Page, where: string, but: string[] = []): Promise<void> {
  const within = page.locator(where).last();
  for (const [kind, given] of Object.entries(NAMES)) {
    if (!but.includes(kind)) await expect.soft(within, `${kind} in ${page.url()}`).toContainText(visible(given));
  }
}

/** What the server takes for no name of theirs. */
const REFUSED: Record<string, string[]> = {
  '/projects': ['control'],
  '/registries': ['control'],
  '/schedules': ['control'],
};

test('what people call things by', async ({ page }) => {
  await signIn(page);
  for (const path of ['/projects', '/registries', '/schedules', '/decisions']) {
    await test.step(path, async () => {
      await open(page, path);
      await legible(page, '#page .ant-table-tbody', REFUSED[path]);
      await unharmed(page);
      await page.locator('#page .ant-table-row').filter({ hasText: NAMES.rtl }).locator('td').first().click();
      await unharmed(page);
    });
  }
  for (const path of ['/', '/audit', '/tasks', '/exports', '/settings']) {
    await open(page, path);
    await unharmed(page);
  }
});

// A part of an image, and which names cannot be in it: a slash parts a path, a colon ends the name of an account.
const TABS: [tab: string, but: string[]][] = [
  ['overview', Object.keys(NAMES)],
  ['vulnerabilities', Object.keys(NAMES)],
  ['malware', ['control']],
  ['secrets', ['control']],
  ['baseline', Object.keys(NAMES)],
  ['compliance', Object.keys(NAMES)],
  ['base-image', Object.keys(NAMES)],
  ['software', ['control']],
  ['files', ['control']],
  ['layers', []],
  ['hosts', Object.keys(NAMES)],
  ['containers', []],
  ['scans', Object.keys(NAMES)],
  ['configuration', []],
];

test('what an image is made of', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page);
  for (const [tab, but] of TABS) {
    await test.step(tab, async () => {
      await open(page, `/images/${image}?tab=${tab}`);
      await legible(page, '[role=tabpanel]', but);
      await unharmed(page);
    });
  }
});

/** Opens the first row that names something. */
async function row(page: Page, text: string): Promise<void> {
  const rows = page.locator('.ant-table-row:visible').filter({ hasText: text });
  await rows.first().locator('td').last().click();
}

test('where else an image is told of', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page);
  const { override = '', rtl = '', html = '' } = NAMES;
  const step = (name: string, path: string, then?: () => Promise<void>) =>
    test.step(name, async () => {
      await open(page, path);
      await then?.();
      await unharmed(page);
    });
  for (const path of ['/', '/images/local', '/risks', '/events', '/tasks', '/hosts', '/bases', '/containers']) {
    await step(path, path);
  }
  for (const tab of ['malware', 'secrets']) {
    for (const given of [override, rtl, html]) {
      await step(`${tab} ${given}`, `/images/${image}?tab=${tab}`, async () => {
        await row(page, visible(given));
        await expect(page.getByRole('dialog').locator('.lines').first()).toContainText(visible(given));
      });
    }
  }
  await step('drawer', `/images/local?search=hostile&image=${image}`, async () => {
    await expect(page.getByRole('dialog').locator('h2')).toBeVisible();
  });
  await step('risk', '/risks/vulnerabilities/CVE-2021-44228');
  await step('components', `/components?name=${encodeURIComponent(html)}`, async () => {
    await expect(page.locator('#page .ant-table-tbody').first()).toContainText(html);
  });
  await step('compare', `/compare?left=${image}&right=1`);
  await step('container', '/containers?search=hostile', async () => {
    await row(page, CONTAINER);
    await legible(page, '[role=dialog]');
  });
});

test('what is put into sentences and forms', async ({ page }) => {
  const t = words('en');
  const { rtl = '', interpolation = '', override = '' } = NAMES;
  await signIn(page);
  await open(page, '/schedules');
  for (const given of [rtl, interpolation, override]) {
    await page
      .locator('#page .ant-table-row')
      .filter({ hasText: visible(given) })
      .getByRole('button', { name: t('schedules:run'), exact: true })
      .click();
    const asked = page.getByRole('dialog').last();
    await expect(asked).toContainText(t('schedules:runTitle', { name: isolated(given) }));
    await unharmed(page);
    await asked.getByRole('button').first().click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
  await open(page, '/images/archive');
  await page
    .getByRole('button', { name: t('archives:upload') })
    .first()
    .click();
  for (const given of Object.values(NAMES)) {
    const file = { name: given, mimeType: 'application/x-tar', buffer: Buffer.from('no archive') };
    await page.locator('input[type=file]').setInputFiles(file);
    // A browser writes control characters in names of files in its own way.
    await expect(page.locator('.upload-name')).toContainText(visible(given).slice(0, 4));
    await unharmed(page);
  }
});
