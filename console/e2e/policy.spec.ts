// What is looked for, what was decided about findings, and what is known of vulnerabilities.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { EXAMPLES, KINDS, partsOf } from '../src/pages/rules/kinds';
import { estate, expect, open, SPOKEN, shown, signIn, test } from './console';
import {
  agree,
  choose,
  closed,
  day,
  dismiss,
  faulty,
  find,
  front,
  moment,
  press,
  pressAbove,
  rows,
  said,
  type,
} from './forms';
import { type Words, words } from './texts';

type Kind = (typeof KINDS)[number];

/** Rules that cannot be used, each for what is in its last line. */
const WRONG: Record<Kind, string> = {
  secrets: '[[rules]]\nid = "ours"\nregex = "("',
  malware: 'rule ours {\n  condition:\n    $missing\n}',
  baseline: 'category = "ssh"\n\n[[check]]\nid = 7',
  compliance: '[[rule]]\nid = 7',
  hashes: '# ours\nnot-a-hash Ours',
  'allowed-hashes': `# ours\n/${'x'.repeat(1000)}`,
  exclusions: '# ours\nno/slash',
  'weak-passwords': `Welcome@123\n${'x'.repeat(65)}`,
  disabled: '# ours\nno-such-rule',
};
const WRONG_LINE: Partial<Record<Kind, number>> = { secrets: 3, malware: 3, baseline: 4 };

/** Whose versions are compared and restored: they are kept alike for all kinds. */
const COMPARED: Kind[] = ['secrets', 'weak-passwords'];

/** Waits until a version holds, and takes what tells of it away. */
async function holds(page: Page, t: Words): Promise<void> {
  const told = page.locator('.ant-notification-notice');
  await expect(told).toContainText(t('rules:changed', { version: '' }).trim().split(' ')[0] ?? '');
  await told.locator('.ant-notification-notice-close').click();
  await expect(told).toHaveCount(0);
}

/** Switches the first rule of a kind off, and keeps that. */
async function switchedOff(page: Page, t: Words, kind: Kind): Promise<string> {
  await open(page, `/rules?kind=${kind}`);
  const id = (await rows(page).first().locator('code').textContent()) ?? '';
  const search = page.locator('.search-box input');
  await search.fill(id);
  await expect(rows(page).first()).toContainText(id);
  const onOff = rows(page, id).first().getByRole('switch');
  await onOff.click();
  await expect(page.locator('.batch')).toContainText(t('rules:switchCount', { off: 1, on: 0 }));
  await press(page.locator('.batch'), t('rules:discard'));
  await expect(onOff).toBeChecked();
  await onOff.click();
  await press(page.locator('.batch'), t('texts:save'));
  await agree(page, t('texts:save'));
  await holds(page, t);
  await expect(page.locator('.batch')).toHaveCount(0);
  await search.fill('');
  await page.getByText(t('rules:onlyOff'), { exact: true }).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page, id).getByRole('switch')).not.toBeChecked();
  return id;
}

/** Switches a rule that is off on again, in the list of those that are. */
async function switchedOn(page: Page, t: Words): Promise<void> {
  await rows(page).getByRole('switch').click();
  await press(page.locator('.batch'), t('texts:save'));
  await agree(page, t('texts:save'));
  await holds(page, t);
  await expect(rows(page)).toHaveCount(0);
}

async function kept(page: Page, t: Words, content: string, remark: string): Promise<void> {
  await page.locator('#rules-text').fill(content);
  await page.locator('#rules-remark').fill(remark);
  await press(page.locator('.rules-actions'), t('texts:save'));
  await agree(page, t('texts:save'));
}

/** Own rules of a kind: refused with their place, kept, compared, and as they were before. */
async function own(page: Page, t: Words, kind: Kind, remark: string): Promise<void> {
  await open(page, `/rules?kind=${kind}&part=own`);
  const text = page.locator('#rules-text');
  await expect(text).toHaveValue('');
  await kept(page, t, WRONG[kind], remark);
  const alert = page.locator('.rules-text').getByRole('alert');
  await expect(alert).toContainText(`\`${kind}\`: line ${WRONG_LINE[kind] ?? 2},`);
  await press(page.locator('.rules-actions'), t('rules:discard'));
  await expect(text).toHaveValue('');
  await press(page.locator('.rules-help'), t('rules:insert'));
  await expect(text).toHaveValue(EXAMPLES[kind]);
  await kept(page, t, EXAMPLES[kind], remark);
  await holds(page, t);
  await expect(page.getByRole('tab', { name: t(`rules:kind_.${kind}`) }).locator('.tab-count')).toBeVisible();
}

/** The versions of a kind: what each changed, and the one before restored. */
async function versions(page: Page, t: Words, kind: Kind, remark: string): Promise<void> {
  const last = EXAMPLES[kind].trimEnd().split('\n').at(-1) ?? '';
  await page.locator('.rules-parts').getByText(t('rules:part.versions'), { exact: true }).click();
  const newest = rows(page).first();
  for (const part of [t('rules:holds'), remark, 'admin']) await expect(newest).toContainText(part);
  await newest.click();
  await expect(front(page).locator('.line-new').filter({ hasText: last })).toContainText(t('rules:line.new'));
  await dismiss(page);
  await page.locator('.rules-parts').getByText(t('rules:part.own'), { exact: true }).click();
  await kept(page, t, '', '');
  await holds(page, t);
  await page.locator('.rules-parts').getByText(t('rules:part.versions'), { exact: true }).click();
  await press(rows(page, remark).first(), t('rules:restore'));
  await agree(page, t('rules:restore'));
  await holds(page, t);
  await page.locator('.rules-parts').getByText(t('rules:part.own'), { exact: true }).click();
  await expect(page.locator('#rules-text')).toHaveValue(EXAMPLES[kind]);
}

/** No rules of one's own any more. */
async function emptied(page: Page, t: Words): Promise<void> {
  await kept(page, t, '', '');
  await holds(page, t);
  await expect(page.locator('.tab-count')).toHaveCount(0);
}

/** About what, where, until when: with everything that has to be there. */
async function decided(page: Page, t: Words, remark: string): Promise<void> {
  await open(page, '/decisions');
  await pressAbove(page, t('decisionlist:make'));
  await press(front(page), t('decisionlist:next'));
  await faulty(front(page).locator('#rule'), t('decisionlist:oneNeeded'));
  await front(page).locator('#rule').fill('CVE-2020-0001');
  await front(page).locator('#package').fill('openssl*');
  await front(page).locator('#path').fill('/opt/**');
  // Asked for only where there are several.
  const project = front(page).locator('#project');
  if (await project.count()) await choose(page, project, 'default');
  await press(front(page), t('decisionlist:next'));
  await expect(front(page)).toContainText('CVE-2020-0001');
  await front(page).getByText(t('decisions:action_.deferral'), { exact: true }).click();
  await choose(page, front(page).locator('#scope'), t('decisions:scope_.names'));
  await type(front(page).locator('#repositories'), 'shop/*');
  await type(front(page).locator('#tags'), '1.*');
  await front(page).locator('#remark').fill(remark);
  await press(front(page), t('decisions:decide'));
  await faulty(front(page).locator('#until'), t('decisions:untilNeeded'));
  await moment(front(page).locator('#until'), day(10));
  await press(front(page), t('decisions:decide'));
  await said(page, t('decisions:decided', { count: 1 }));
  await closed(page);
  for (const text of ['CVE-2020-0001 · openssl* · /opt/**', t('decisions:action_.deferral'), 'shop/* : 1.*', 'admin'])
    await expect(rows(page, remark)).toContainText(text);
}

/** Filters of decisions: what fits is shown, and nothing else. */
async function filtered(page: Page, t: Words, remark: string): Promise<void> {
  await find(page, remark);
  const filter = (name: string) => page.locator('#page').getByLabel(name, { exact: true });
  await choose(page, filter(t('decisionlist:action')), t('decisions:action_.deferral'));
  await expect(rows(page)).toHaveCount(1);
  await choose(page, filter(t('decisionlist:kindTitle')), t('texts:kind.malware'));
  await expect(page.getByText(t('decisionlist:nothingFits'))).toBeVisible();
  await choose(page, filter(t('decisionlist:kindTitle')), t('texts:kind.vulnerabilities'));
  await choose(page, filter(t('decisionlist:state')), t('decisionlist:state_.active'));
  await expect(rows(page, remark)).toHaveCount(1);
  await open(page, '/decisions?rule=CVE-2020-0001&creator=admin&state=active');
  await expect(rows(page, remark)).toHaveCount(1);
}

async function reconsidered(page: Page, t: Words, remark: string): Promise<void> {
  await rows(page, remark).locator('bdi').first().click();
  const drawer = page.locator('.ant-drawer').getByRole('dialog');
  await expect(drawer).toContainText('openssl*');
  await press(drawer, t('decisionlist:change'));
  await choose(page, front(page).locator('#scope'), t('decisions:scope_.kinds'));
  await choose(page, front(page).locator('#kinds'), t('texts:imageKind.archive'));
  await moment(front(page).locator('#until'), day(20));
  await front(page).locator('#until_fix').check();
  await press(front(page), t('texts:save'));
  await said(page, t('decisionlist:changed'));
  await expect(drawer).toContainText(t('decisionlist:untilFix'));
  await expect(drawer.locator('.ant-timeline-item')).toHaveCount(2);
  await expect(drawer.locator('.ant-timeline')).toContainText(t('decisionlist:happened.changed'));
  await press(drawer, t('decisionlist:revoke'));
  await front(page).locator('#remark').fill('mended');
  await press(front(page), t('decisionlist:revoke'));
  await said(page, t('decisionlist:revokedNow'));
  await expect(drawer.locator('.ant-timeline')).toContainText('mended');
  await expect(drawer.getByRole('button', { name: t('decisionlist:revoke') })).toHaveCount(0);
  await dismiss(page);
  await open(page, '/decisions?state=revoked');
  await expect(rows(page, remark)).toContainText(t('decisionlist:state_.revoked'));
}

/** Waits until nothing is fetched any more. */
async function fetched(page: Page, t: Words): Promise<void> {
  const button = page.getByRole('button', { name: t('advisories:update') });
  await expect(button).not.toHaveClass(/ant-btn-loading/, { timeout: 60_000 });
}

async function updated(page: Page, t: Words): Promise<void> {
  await open(page, '/advisories');
  await fetched(page, t);
  const when = page.locator('.advisory-facts time').first();
  const before = (await when.getAttribute('datetime')) ?? '';
  await pressAbove(page, t('advisories:update'));
  await said(page, t('advisories:updateBegun'));
  await fetched(page, t);
  await expect(page.locator('.ant-alert-error')).toHaveCount(0);
  await expect(when).not.toHaveAttribute('datetime', before);
  await expect(page.locator('.card-number').first()).toHaveText(/^[1-9]\d*$/);
  await page.getByRole('tab', { name: t('advisories:archives') }).click();
  await expect(rows(page, 'npm')).toBeVisible();
  await shown(page, '/advisories?tab=archives');
}

/** A feed more and less, and how often. */
async function set(page: Page, t: Words): Promise<void> {
  await open(page, '/advisories?tab=feeds');
  const feed = rows(page).last().getByRole('switch');
  const was = await feed.isChecked();
  await feed.click();
  await said(page, t('advisories:savedFeeds'));
  await page.reload();
  await expect(feed).toBeChecked({ checked: !was });
  await feed.click();
  await expect(feed).toBeChecked({ checked: was });
  await page.getByRole('tab', { name: t('advisories:settings') }).click();
  await page.locator('#interval_hours').fill('12');
  await choose(page, page.locator('#event_severity'), t('texts:severity.critical'));
  await type(page.locator('#bundle_keys'), 'no key');
  await press(page.locator('.advisory-settings'), t('texts:save'));
  await faulty(page.locator('#bundle_keys'), t('advisories:keyRule'));
  await page.reload();
  await page.locator('#interval_hours').fill('12');
  await press(page.locator('.advisory-settings'), t('texts:save'));
  await said(page, t('advisories:saved'));
  await page.reload();
  await expect(page.locator('#interval_hours')).toHaveValue('12');
}

/** A key that is well formed (the first of RFC 8032), and nobody's who exports here. */
const ANOTHER_KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

/** Makes a bundle as a machine with a network would; gives its file and the key it is signed with. */
function bundle(directory: string): { file: string; key: string } {
  const file = join(directory, 'advisories.bundle');
  const lazaret = (...more: string[]) =>
    execFileSync(estate.program, ['db', ...more, '--quiet', '--db', join(directory, 'db')], {
      env: { ...process.env, HOME: directory, XDG_DATA_HOME: directory },
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
  lazaret('update', '--mirror', join(import.meta.dirname, '../../sample/advisories'), '--feeds', 'none');
  const key = /signed with (\w+)/.exec(lazaret('export', file))?.[1] ?? '';
  return { file, key };
}

/** A bundle is taken from those alone whose keys are known. */
async function imported(page: Page, t: Words): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-bundle-'));
  const { file, key } = bundle(directory);
  const take = async () => {
    await page.locator('input[type=file]').setInputFiles(file);
    await agree(page, t('advisories:import'));
  };
  const trust = async (...keys: string[]) => {
    await type(page.locator('#bundle_keys'), ...keys);
    await press(page.locator('.advisory-settings'), t('texts:save'));
    await said(page, t('advisories:saved'));
  };
  const failed = page.getByText(t('advisories:failed'));
  await open(page, '/advisories?tab=settings');
  await take();
  await expect(page.locator('.ant-message-error')).toContainText('bundle_keys');
  await trust(ANOTHER_KEY);
  await take();
  await expect(failed).toBeVisible({ timeout: 30_000 });
  await trust(key);
  await take();
  await expect(failed).toHaveCount(0, { timeout: 30_000 });
  await fetched(page, t);
  await expect(failed).toHaveCount(0);
  await expect(page.locator('.card-number').first()).toHaveText(/^[1-9]\d*$/);
  await page.locator('#bundle_keys').press('Backspace');
  await page.locator('#bundle_keys').press('Backspace');
  await trust();
  rmSync(directory, { recursive: true });
}

for (const language of SPOKEN) {
  test(`rules, ${language}`, async ({ page }) => {
    test.setTimeout(240_000);
    const t = words(language);
    await signIn(page, language);
    for (const kind of KINDS) {
      await test.step(kind, async () => {
        if (partsOf(kind).includes('built-in')) {
          await switchedOff(page, t, kind);
          await switchedOn(page, t);
        }
        await own(page, t, kind, `why ${kind} ${language}`);
        if (COMPARED.includes(kind)) await versions(page, t, kind, `why ${kind} ${language}`);
        await emptied(page, t);
      });
    }
  });

  test(`decisions, ${language}`, async ({ page }) => {
    const t = words(language);
    await signIn(page, language);
    await test.step('decide', () => decided(page, t, `policy ${language}`));
    await test.step('filter', () => filtered(page, t, `policy ${language}`));
    await test.step('change and revoke', () => reconsidered(page, t, `policy ${language}`));
  });

  test(`advisories, ${language}`, async ({ page }) => {
    test.setTimeout(150_000);
    const t = words(language);
    await signIn(page, language);
    await test.step('update', () => updated(page, t));
    await test.step('settings', () => set(page, t));
    await test.step('import', () => imported(page, t));
  });
}
