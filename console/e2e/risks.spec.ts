// What is wrong across images, in both languages: risks, one of them, components, events.
import type { Locator, Page } from '@playwright/test';
import { estate, expect, open, SPOKEN, shown, signIn, test } from './console';
import { faulty } from './fields';
import { agree, button, choose, closed, dialog, press, pressAbove, rows, said, search } from './page';
import { alone, beside, revokeAll, scanned } from './server';
import { type Words, words } from './texts';

type Step = { page: Page; t: Words };

/** What the sample has of each kind. */
const SAMPLE = {
  vulnerabilities: 'CVE-2021-44228',
  malware: '',
  secrets: '',
  baseline: '',
};

async function kinds({ page, t }: Step): Promise<void> {
  await open(page, '/risks');
  for (const [kind, rule] of Object.entries(SAMPLE)) {
    await page.getByRole('tab', { name: t(`texts:kind.${kind}`) }).click();
    await expect(rows(page).filter({ hasText: rule }).first()).toBeVisible();
  }
  await expect(page).toHaveURL(/kind=baseline/);
  const source = page.getByRole('combobox', { name: t('risks:source'), exact: true });
  await choose(source, t('texts:imageKind.ci'));
  await expect(page).toHaveURL(/source=ci/);
  await expect(rows(page)).toHaveCount(0);
  await button(page, t('risks:byImage')).click();
  await shown(page, '/images/archive');
  await expect(page).toHaveURL(/has=baseline&kind=ci$/);
  await page.goBack();
  await shown(page, '/risks');
  await button(page, t('images:clearFilters')).click();
  await expect(rows(page).first()).toBeVisible();
}

async function filters({ page, t }: Step): Promise<void> {
  await open(page, '/risks');
  const card = page.locator('.cards').getByRole('button', { name: t('risks:card.exploited') });
  await card.click();
  await expect(card).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(/exploited=true/);
  await expect(rows(page).filter({ hasNotText: t('image:exploited') })).toHaveCount(0);
  await choose(
    page.locator('#page').getByRole('combobox', { name: t('image:severityTitle'), exact: true }),
    t('texts:severity.critical'),
  );
  await choose(
    page.locator('#page').getByRole('combobox', { name: t('image:stateTitle'), exact: true }),
    t('image:state_.open'),
  );
  await page.getByRole('checkbox', { name: t('risks:flag.fixable') }).check();
  await page.getByRole('checkbox', { name: t('risks:flag.has_containers') }).check();
  await choose(page.getByRole('combobox', { name: t('risks:source'), exact: true }), t('texts:imageKind.local'));
  await search(page, 'CVE-2021-44228');
  await expect(rows(page)).toHaveCount(1);
  await button(page, t('risks:byImage')).click();
  await shown(page, '/images/local');
  await expect(page).toHaveURL(/has=vulnerabilities&fixable=true&exploited=true&has_containers=true&risk=critical/);
  await expect(page).toHaveURL(/vulnerability=CVE-2021-44228$/);
  const tags = page.locator('#page .filter-tag');
  await expect(tags).toHaveCount(3);
  await expect(tags.first()).toContainText(t('images:field.has_containers'));
  await page.getByRole('button', { name: t('images:dropFilter', { name: t('images:field.has_containers') }) }).click();
  await expect(tags).toHaveCount(2);
  await expect(page).not.toHaveURL(/has_containers/);
  await page.goBack();
  await page.goBack();
  await shown(page, '/risks');
}

/** Images of some lists, of which one is chosen; none has what was decided about. */
async function lists({ page, t }: Step): Promise<void> {
  await open(page, '/risks?kind=secrets&search=token');
  await button(page, t('risks:byImage')).click();
  await page
    .locator('.ant-dropdown')
    .getByRole('menuitem', { name: t('texts:imageKind.registry') })
    .click();
  await said(page, t('risks:notSearched'));
  await shown(page, '/images/registry');
  await expect(page).toHaveURL(/\?has=secrets$/);
  await open(page, '/risks?state=handled');
  await expect(button(page, t('risks:byImage'))).toBeDisabled();
}

const SORTS = {
  images: 'risks:column.images',
  containers: 'risks:column.containers',
  first_seen: 'images:column.added',
  severity: 'image:severityTitle',
};

/** What a column tells, from above. */
async function told(page: Page, heading: Locator): Promise<string[]> {
  const at = await heading.evaluate((cell) => (cell as HTMLTableCellElement).cellIndex);
  return rows(page)
    .locator(`td:nth-child(${at + 1})`)
    .allTextContents();
}

/** The largest come first. */
async function sorted({ page, t }: Step): Promise<void> {
  await open(page, '/risks');
  for (const [sort, key] of Object.entries(SORTS)) {
    const heading = page.locator('#page thead th').filter({ hasText: t(key) });
    await heading.locator('.ant-table-column-title').click();
    await expect(page).toHaveURL(new RegExp(`sort=${sort}`));
    await expect(heading).toHaveAttribute('aria-sort', 'descending');
    await expect(page.locator('.ant-spin-spinning')).toHaveCount(0);
    if (!key.startsWith('risks:')) continue;
    const numbers = async () => (await told(page, heading)).map(Number);
    await expect
      .poll(async () => (await numbers()).every((number, at, all) => number <= (all[at - 1] ?? number)))
      .toBe(true);
    expect((await numbers()).length).toBeGreaterThan(1);
  }
}

/** Several risks at once, in all images of a project, which has to be told. */
async function many({ page, t }: Step, remark: string): Promise<void> {
  await open(page, '/risks?kind=baseline');
  for (const at of [0, 1]) await rows(page).nth(at).locator('input[type=checkbox]').check();
  await expect(page.locator('.batch')).toContainText(t('risks:picked', { count: 2 }));
  const names = await Promise.all([0, 1].map((at) => rows(page).nth(at).getByRole('link').first().textContent()));
  await press(page.locator('.batch'), t('risks:decideAll'));
  await expect(dialog(page).locator('.subjects li')).toHaveText(names.map((name) => name ?? ''));
  await dialog(page).locator('#remark').fill(remark);
  await press(dialog(page), t('decisions:decide'));
  await faulty(dialog(page).locator('#project'), t('decisions:needed'));
  await choose(dialog(page).locator('#project'), 'default');
  await press(dialog(page), t('decisions:decide'));
  await said(page, t('decisions:decided', { count: 2 }));
  await closed(page);
  await expect(page.locator('.batch')).toHaveCount(0);
  await open(page, '/risks?kind=baseline&state=handled');
  for (const name of names) await expect(rows(page, name ?? '').first()).toBeVisible();
  await revokeAll(remark);
}

/** A risk in images of some kinds, told on its page and taken back there. */
async function whole({ page, t }: Step, remark: string): Promise<void> {
  await open(page, '/risks/vulnerabilities/CVE-2021-44228');
  await pressAbove(page, t('risk:decide'));
  await choose(dialog(page).locator('#scope'), t('decisions:scope_.kinds'));
  await choose(dialog(page).locator('#kinds'), t('texts:imageKind.local'));
  await choose(dialog(page).locator('#project'), 'default');
  await dialog(page).getByText(t('decisions:action_.false-positive'), { exact: true }).click();
  await dialog(page).locator('#remark').fill(remark);
  await press(dialog(page), t('decisions:decide'));
  await said(page, t('decisions:decided', { count: 1 }));
  const told = page.locator('.risk-decision').filter({ hasText: remark });
  await expect(told).toContainText(t('decisions:action_.false-positive'));
  await expect(rows(page, 'shop/web:1.0').first()).toContainText(t('decisions:action_.false-positive'));
  await press(told, t('image:revoke'));
  await agree(page, t('image:revoke'));
  await said(page, t('image:revoked'));
  await expect(told).toHaveCount(0);
  await pressAbove(page, t('risk:history'));
  await shown(page, '/decisions');
  await expect(rows(page, remark).first()).toContainText('CVE-2021-44228');
}

/** A risk in images that are picked on its page; their project is known. */
async function here({ page, t }: Step, remark: string): Promise<void> {
  await open(page, '/risks/vulnerabilities/CVE-2021-44228?source=local');
  const row = rows(page, 'shop/web:1.0');
  await expect(row).toContainText(t('image:state_.open'));
  await row.locator('input[type=checkbox]').check();
  await press(page.locator('.batch'), t('risk:decideHere'));
  await expect(dialog(page)).toContainText(t('decisions:scope_.images', { count: 1 }));
  await expect(dialog(page).locator('#project')).toHaveCount(0);
  await dialog(page).locator('#remark').fill(remark);
  await press(dialog(page), t('decisions:decide'));
  await said(page, t('decisions:decided', { count: 1 }));
  await expect(row).toContainText(t('decisions:action_.ignore'));
  await expect(rows(page, 'shop/web:1.1')).toContainText(t('image:state_.open'));
  await revokeAll(remark);
  await open(page, '/risks/vulnerabilities/CVE-2021-44228?source=local');
  await expect(row).toContainText(t('image:state_.open'));
}

/** The page of a vulnerability, what has it, and the way to the finding in an image. */
async function one({ page, t }: Step): Promise<void> {
  await rows(page).filter({ hasText: 'CVE-2021-44228' }).locator('td').nth(2).click();
  await shown(page, '/risks/vulnerabilities/CVE-2021-44228');
  await expect(page.getByRole('link', { name: /^https:/ }).first()).toBeVisible();
  await expect(page.locator('#page')).toContainText('CVSS');
  await choose(page.getByRole('combobox', { name: t('risks:source'), exact: true }), t('texts:imageKind.local'));
  const row = rows(page).filter({ hasText: 'shop/web:1.0' });
  await expect(row).toContainText('log4j-core');
  await row.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/images\/\d+\?tab=vulnerabilities&finding=/);
  await expect(dialog(page)).toContainText('CVE-2021-44228');
  await expect(dialog(page)).toContainText('log4j-core');
}

async function components({ page, t }: Step): Promise<void> {
  await open(page, '/components');
  await page.locator('#name').fill('org.apache.logging.log4j:log4j-core');
  await page.locator('#version').fill('>=2.0, <2.17');
  await button(page, t('components:search')).click();
  await expect(page).toHaveURL(/version=/);
  const [versions, list] = [page.locator('#page .ant-table').first(), page.locator('#page .list')];
  await expect(list.getByRole('link').filter({ hasText: 'shop/web:1.0' }).first()).toBeVisible();
  await versions.locator('tr.ant-table-row').getByRole('button').first().click();
  await expect(page).toHaveURL((url) => url.searchParams.get('version')?.startsWith('=2.') ?? false);
  await list.getByRole('link').filter({ hasText: 'shop/web' }).first().click();
  await expect(page).toHaveURL(/\/images\/\d+\?tab=software/);
  await expect(page.locator('tr.ant-table-row').filter({ hasText: 'log4j-core' }).first()).toBeVisible();
  await open(page, '/components?name=no-such-package');
  await expect(page.getByText(t('components:nothing'))).toBeVisible();
}

async function events({ page, t }: Step): Promise<void> {
  await open(page, '/events');
  const box = (name: string) => page.locator('#page').getByRole('combobox', { name, exact: true });
  await choose(box(t('events:kind')), t('events:kind_.exploited-vulnerability'));
  await choose(box(t('events:atLeast')), t('texts:severity.high'));
  await expect(page).toHaveURL(/kind=exploited-vulnerability&severity=high/);
  await search(page, 'CVE-1999-0001');
  await expect(page.getByText(t('events:nothingFits'))).toBeVisible();
}

for (const language of SPOKEN) {
  test(`risks, ${language}`, async ({ page }) => {
    expect(estate.engine, 'dockerd, as root, is needed').toBeTruthy();
    test.setTimeout(150_000);
    const step = { page, t: words(language) };
    await signIn(page, language);
    await scanned('shop/web');
    await test.step('kinds', () => kinds(step));
    await test.step('filters', () => filters(step));
    await test.step('one', () => one(step));
    await test.step('components', () => components(step));
    await test.step('events', () => events(step));
  });
}

test.afterEach(async ({ page: _page }, { title }) => {
  for (const what of ['many', 'whole', 'here']) await revokeAll(`${what} ${title.slice(-2)}`);
  await alone();
});

for (const language of SPOKEN) {
  test(`decisions about risks, ${language}`, async ({ page }) => {
    test.setTimeout(150_000);
    const step = { page, t: words(language) };
    await signIn(page, language);
    await scanned('shop/web');
    await beside(language);
    await test.step('lists of images', () => lists(step));
    await test.step('sort', () => sorted(step));
    await test.step('many', () => many(step, `many ${language}`));
    await test.step('everywhere', () => whole(step, `whole ${language}`));
    await test.step('here', () => here(step, `here ${language}`));
  });
}
