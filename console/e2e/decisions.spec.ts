// What was decided about findings: with everything that has to be there, found again, changed, revoked.
import type { Page } from '@playwright/test';
import { expect, open, SPOKEN, signIn, test } from './console';
import { day, faulty, moment, type } from './fields';
import { choose, closed, dialog, dismiss, press, pressAbove, rows, said, search } from './page';
import { alone, beside, revokeAll } from './server';
import { type Words, words } from './texts';

/** A registry that some decisions hold in. */
const HOST = 'registry.example.com:5000';

/** About what, where, until when: with everything that has to be there. */
async function decided(page: Page, t: Words, remark: string): Promise<void> {
  await open(page, '/decisions');
  await pressAbove(page, t('decisionlist:make'));
  await press(dialog(page), t('decisionlist:next'));
  await faulty(dialog(page).locator('#rule'), t('decisionlist:oneNeeded'));
  await dialog(page).locator('#rule').fill('CVE-2020-0001');
  await dialog(page).locator('#package').fill('openssl*');
  await dialog(page).locator('#path').fill('/opt/**');
  await press(dialog(page), t('decisionlist:next'));
  await expect(dialog(page)).toContainText('CVE-2020-0001');
  await dialog(page).getByText(t('decisions:action_.deferral'), { exact: true }).click();
  await press(dialog(page), t('decisions:decide'));
  await faulty(dialog(page).locator('#project'), t('decisions:needed'));
  await choose(dialog(page).locator('#project'), 'default');
  await choose(dialog(page).locator('#scope'), t('decisions:scope_.names'));
  await type(dialog(page).locator('#repositories'), 'shop/*');
  await type(dialog(page).locator('#tags'), '1.*');
  await dialog(page).locator('#remark').fill(remark);
  await press(dialog(page), t('decisions:decide'));
  await faulty(dialog(page).locator('#until'), t('decisions:untilNeeded'));
  await moment(dialog(page).locator('#until'), day(10));
  await press(dialog(page), t('decisions:decide'));
  await said(page, t('decisions:decided', { count: 1 }));
  await closed(page);
  for (const text of ['CVE-2020-0001 · openssl* · /opt/**', t('decisions:action_.deferral'), 'shop/* : 1.*', 'admin'])
    await expect(rows(page, remark)).toContainText(text);
}

/** In all images of a project, and in those of some registries. */
async function wide(page: Page, t: Words, remark: string): Promise<void> {
  const told = { all: t('decisionlist:inAll'), registries: t('decisionlist:inRegistries', { registries: HOST }) };
  for (const [scope, where] of Object.entries(told)) {
    await open(page, '/decisions?make=true');
    await dialog(page).locator('#rule').fill('CVE-2020-0002');
    await press(dialog(page), t('decisionlist:next'));
    await choose(dialog(page).locator('#scope'), t(`decisions:scope_.${scope}`));
    if (scope === 'registries') {
      await press(dialog(page), t('decisions:decide'));
      await faulty(dialog(page).locator('#registries'), t('decisions:needed'));
      await type(dialog(page).locator('#registries'), HOST);
    }
    await choose(dialog(page).locator('#project'), 'default');
    await dialog(page).locator('#remark').fill(`${remark} in ${scope}`);
    await press(dialog(page), t('decisions:decide'));
    await said(page, t('decisions:decided', { count: 1 }));
    await closed(page);
    await expect(rows(page, `${remark} in ${scope}`)).toContainText(where);
  }
  await revokeAll(remark);
  await open(page, `/decisions?state=active&search=${encodeURIComponent(remark)}`);
  await expect(rows(page)).toHaveCount(0);
}

/** Filters of decisions: what fits is shown, and nothing else. */
async function filtered(page: Page, t: Words, remark: string): Promise<void> {
  await search(page, remark);
  const filter = (name: string) => page.locator('#page').getByLabel(name, { exact: true });
  await choose(filter(t('decisionlist:action')), t('decisions:action_.deferral'));
  await expect(rows(page)).toHaveCount(1);
  await choose(filter(t('decisionlist:kindTitle')), t('texts:kind.malware'));
  await expect(page.getByText(t('decisionlist:nothingFits'))).toBeVisible();
  await choose(filter(t('decisionlist:kindTitle')), t('texts:kind.vulnerabilities'));
  await choose(filter(t('decisionlist:state')), t('decisionlist:state_.active'));
  await expect(rows(page, remark)).toHaveCount(1);
  await open(page, '/decisions?rule=CVE-2020-0001&creator=admin&state=active');
  await expect(rows(page, remark)).toHaveCount(1);
}

async function reconsidered(page: Page, t: Words, remark: string): Promise<void> {
  await rows(page, remark).locator('bdi').first().click();
  const drawer = page.locator('.ant-drawer').getByRole('dialog');
  await expect(drawer).toContainText('openssl*');
  await press(drawer, t('decisionlist:change'));
  await choose(dialog(page).locator('#scope'), t('decisions:scope_.kinds'));
  await choose(dialog(page).locator('#kinds'), t('texts:imageKind.archive'));
  await moment(dialog(page).locator('#until'), day(20));
  await dialog(page).locator('#until_fix').check();
  await press(dialog(page), t('texts:save'));
  await said(page, t('decisionlist:changed'));
  await expect(drawer).toContainText(t('decisionlist:untilFix'));
  await expect(drawer.locator('.ant-timeline-item')).toHaveCount(2);
  await expect(drawer.locator('.ant-timeline')).toContainText(t('decisionlist:happened.changed'));
  await press(drawer, t('decisionlist:revoke'));
  await dialog(page).locator('#remark').fill('mended');
  await press(dialog(page), t('decisionlist:revoke'));
  await said(page, t('decisionlist:revokedNow'));
  await expect(drawer.locator('.ant-timeline')).toContainText('mended');
  await expect(drawer.getByRole('button', { name: t('decisionlist:revoke') })).toHaveCount(0);
  await dismiss(page);
  await open(page, '/decisions?state=revoked');
  await expect(rows(page, remark)).toContainText(t('decisionlist:state_.revoked'));
}

test.afterEach(alone);

for (const language of SPOKEN) {
  test(`decisions, ${language}`, async ({ page }) => {
    const t = words(language);
    await signIn(page, language);
    await beside(language);
    await test.step('decide', () => decided(page, t, `policy ${language}`));
    await test.step('filter', () => filtered(page, t, `policy ${language}`));
    await test.step('change and revoke', () => reconsidered(page, t, `policy ${language}`));
    await test.step('everywhere', () => wide(page, t, `wide ${language}`));
  });
}
