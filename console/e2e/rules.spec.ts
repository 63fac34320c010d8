// What is looked for: rules switched off and on, of one's own, restored, taken away.
import type { Page } from '@playwright/test';
import { EXAMPLES, KINDS, type Kind, partsOf } from '../src/pages/rules/kinds';
import { expect, open, SPOKEN, signIn, test } from './console';
import { agree, dialog, dismiss, press, rows } from './page';
import { type Words, words } from './texts';

/** Rules that cannot be used, each for what is in its last line. */
const WRONG: Record<Kind, string> = {
  secrets: '[[rules]]\nid = "ours"\nregex = "("',
  malware: 'rule ours {\n  condition:\n    $missing\n}',
  baseline: 'category = "ssh"\n\n[[check]]\nid = 7',
  compliance: '[[rule]]\nid = 7',
  hashes: '# ours\nnot-a-hash Ours',
  'allowed-hashes': '# ours\nnot-a-hash',
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
  await expect(dialog(page).locator('.line-new').filter({ hasText: last })).toContainText(t('rules:line.new'));
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
}
