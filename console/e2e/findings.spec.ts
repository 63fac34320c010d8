// Decisions about findings of every kind: one, all of a rule, everything of images; the lists that tell of them.
import type { Page } from '@playwright/test';
import { expect, type Language, open, SPOKEN, signIn, test } from './console';
import { faulty } from './fields';
import { agree, choose, close, closed, dialog, press, rows, said } from './page';
import { alone, beside, FORBIDDEN, forbid, type Image, permit, revokeAll, scanned } from './server';
import { type Words, words } from './texts';

type Step = { page: Page; t: Words; language: Language; image: Image };

/** The rule of a finding of each kind that few images have, and what is decided about it. */
const KINDS = { malware: 'ignore', compliance: 'whitelist', 'base-image': 'false-positive' };

/** The lists of risks that are empty without rules of one's own. */
async function risks({ page, t }: Step): Promise<void> {
  await open(page, '/risks');
  for (const [kind, rule] of Object.entries({ compliance: FORBIDDEN, 'base-image': 'base-image/unapproved' })) {
    await page.getByRole('tab', { name: t(`texts:kind.${kind}`) }).click();
    await expect(page).toHaveURL(new RegExp(`kind=${kind}`));
    await expect(rows(page, rule)).toBeVisible();
    await rows(page, rule).getByRole('link').first().click();
    await expect(page).toHaveURL(new RegExp(`/risks/${kind}/`));
    await expect(rows(page, 'shop/web:1.0').first()).toBeVisible();
    await page.goBack();
  }
}

/** Opens the first finding of a kind in the image. */
async function first({ page, image }: Step, kind: string): Promise<void> {
  await open(page, `/images/${image.id}?tab=${kind}`);
  await rows(page).first().locator('td').nth(2).click();
  await expect(dialog(page).locator('.finding')).toBeVisible();
}

/** Says what, why, and decides. */
async function decide({ page, t }: Step, action: string, remark: string): Promise<void> {
  await dialog(page)
    .getByText(t(`decisions:action_.${action}`), { exact: true })
    .click();
  await dialog(page).locator('#remark').fill(remark);
  await press(dialog(page), t('decisions:decide'));
}

/** What the drawer tells of a decision, which is taken back there. */
async function takenBack({ page, t }: Step, action: string, remark: string): Promise<void> {
  const told = dialog(page).locator('.ant-alert');
  await expect(told).toContainText(remark);
  await expect(told).toContainText(t(`decisions:action_.${action}`));
  await press(dialog(page), t('image:revoke'));
  await agree(page, t('image:revoke'));
  await expect(dialog(page).getByRole('button', { name: t('image:decideRule') })).toBeVisible();
  await close(page);
  await expect(rows(page).first()).toContainText(t('image:state_.open'));
}

async function kinds(step: Step): Promise<void> {
  const { page, t, language } = step;
  for (const [kind, action] of Object.entries(KINDS)) {
    const remark = `${kind} ${language}`;
    await first(step, kind);
    await press(dialog(page), t('image:decide'));
    await decide(step, action, remark);
    await takenBack(step, action, remark);
  }
}

/** All findings of a rule: in this image, and in all of a project, which has to be told. */
async function ofRule(step: Step): Promise<void> {
  const { page, t, language } = step;
  await first(step, 'compliance');
  await press(dialog(page), t('image:decideRule'));
  await expect(dialog(page).locator('.subjects')).toHaveText(FORBIDDEN);
  await expect(dialog(page).locator('#project')).toHaveCount(0);
  await decide(step, 'ignore', `rule ${language}`);
  await takenBack(step, 'ignore', `rule ${language}`);
  await first(step, 'compliance');
  await press(dialog(page), t('image:decideRule'));
  await choose(dialog(page).locator('#scope'), t('decisions:scope_.all'));
  await press(dialog(page), t('decisions:decide'));
  await faulty(dialog(page).locator('#project'), t('decisions:needed'));
  await choose(dialog(page).locator('#project'), 'default');
  await decide(step, 'ignore', `everywhere ${language}`);
  await takenBack(step, 'ignore', `everywhere ${language}`);
}

/** Everything of an image that is picked: of every kind, so that nothing counts in it. */
async function everything({ page, t, language, image }: Step): Promise<void> {
  const remark = `everything ${language}`;
  await open(page, `/images/local?name=${encodeURIComponent(image.name)}`);
  await expect(rows(page, image.name)).not.toContainText(t('images:clean'));
  await rows(page, image.name).locator('input[type=checkbox]').check();
  await press(page.locator('.batch'), t('images:ignore'));
  await expect(dialog(page)).toContainText(t('images:everythingOf', { count: 1 }));
  await dialog(page).locator('#remark').fill(remark);
  await press(dialog(page), t('decisions:decide'));
  await said(page, t('decisions:decidedWhole'));
  await closed(page);
  await expect(rows(page, image.name)).toContainText(t('images:clean'), { timeout: 30_000 });
  await severally({ page, t, remark });
  await open(page, `/images/local?name=${encodeURIComponent(image.name)}`);
  await expect(rows(page, image.name)).toContainText(t('texts:severity.critical'));
}

/** What was decided of each kind, taken back together. */
async function severally({ page, t, remark }: { page: Page; t: Words; remark: string }): Promise<void> {
  await open(page, `/decisions?state=active&search=${encodeURIComponent(remark)}`);
  await expect(rows(page, t('decisionlist:everything'))).toHaveCount(6);
  for (const kind of ['malware', 'compliance', 'base-image', 'baseline'])
    await expect(rows(page, t(`texts:kind.${kind}`))).toHaveCount(1);
  await page.locator('#page thead input[type=checkbox]').check();
  await expect(page.locator('.batch')).toContainText(t('decisionlist:pickedCount', { count: 6 }));
  await press(page.locator('.batch'), t('decisionlist:revokeThem', { count: 6 }));
  await dialog(page).locator('#remark').fill('all of them');
  await press(dialog(page), t('decisionlist:revoke'));
  await said(page, t('decisionlist:revokedSeveral', { count: 6 }));
  await closed(page);
  await expect(page.locator('.batch')).toHaveCount(0);
  await expect(rows(page)).toHaveCount(0);
  await open(page, `/decisions?state=revoked&search=${encodeURIComponent(remark)}`);
  await expect(rows(page)).toHaveCount(6);
  await rows(page).first().locator('input[type=checkbox]').check();
  await expect(page.locator('.batch').locator('.ant-btn-primary')).toBeDisabled();
}

// What other tests look at is as it was, whatever became of these.
test.afterEach(async ({ page: _page }, { title }) => {
  const language = title.slice(-2);
  for (const what of [...Object.keys(KINDS), 'rule', 'everywhere', 'everything'])
    await revokeAll(`${what} ${language}`);
  await alone();
  await permit();
});

for (const language of SPOKEN) {
  test(`decisions about findings, ${language}`, async ({ page }) => {
    test.setTimeout(240_000);
    await signIn(page, language);
    const image = await scanned('shop/web');
    await forbid();
    await beside(language);
    const step = { page, t: words(language), language, image };
    await test.step('risks', () => risks(step));
    await test.step('of each kind', () => kinds(step));
    await test.step('of a rule', () => ofRule(step));
    await test.step('of images', () => everything(step));
  });
}
