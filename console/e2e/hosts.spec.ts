// Hosts and containers, in both languages: found by their names, narrowed to what is theirs, remembered when they are gone.
import type { Page } from '@playwright/test';
import { expect, type Language, open, SPOKEN, shown, signIn, test } from './console';
import { agree, choose, close, dialog, press, rows } from './page';
import { ask, docker, fresh } from './server';
import { type Words, words } from './texts';

type Step = { page: Page; t: Words; language: Language };
type Host = { id: number; name: string; images: number; containers: number };

const box = (page: Page) => page.locator('#page .search-box').getByRole('searchbox');

/** Searches for a text, in the field that is chosen. */
async function sought(page: Page, field: string, text: string): Promise<void> {
  await box(page).fill(text);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL((url) => url.searchParams.get(field) === text);
}

/** A host is found by a part of its name; its numbers lead to its images and containers alone. */
async function hosts({ page, t }: Step): Promise<void> {
  const { items } = await ask<{ items: Host[] }>('GET', '/hosts');
  const host = items.find(({ images }) => images > 0) as Host;
  await open(page, '/hosts');
  await sought(page, 'search', 'no-such-host');
  await expect(page.getByText(t('hosts:nothingFits'))).toBeVisible();
  await sought(page, 'search', host.name.slice(0, -1));
  await expect(rows(page, host.name)).toHaveCount(1);
  await rows(page, host.name).getByRole('link').nth(0).click();
  await shown(page, '/images/local');
  await expect(page).toHaveURL((url) => url.search === `?host=${host.id}`);
  await expect(page.locator('#page .paging-count')).toContainText(`${host.images}`);
  await expect(rows(page)).toHaveCount(Math.min(20, host.images));
  await page.goBack();
  await shown(page, '/hosts');
  await rows(page, host.name).getByRole('link').nth(1).click();
  await shown(page, '/containers');
  await expect(page).toHaveURL((url) => url.search === `?host=${host.id}`);
  const mark = page.locator('#page .ant-tag', { hasText: t('containers:onlyHost', { name: host.name }) });
  await expect(mark).toBeVisible();
  await expect(rows(page, host.name).first()).toBeVisible();
  await press(mark, t('texts:clear'));
  await expect(page).toHaveURL((url) => url.search === '');
  await open(page, `/containers?host=${host.id + 1000}`);
  await expect(page.getByText(t('containers:nothingFits'))).toBeVisible();
}

/** A container of a pod is found by it, and once it is gone among those alone. */
async function containers({ page, t }: Step, name: string): Promise<void> {
  const labels = { 'io.kubernetes.pod.name': `${name}-0`, 'io.kubernetes.pod.namespace': 'shop' };
  const told = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  docker(['create', '--name', name, '--network', 'none', ...told, 'shop:1.0', '/bin/sh']);
  await expect
    .poll(async () => (await ask<{ items: unknown[] }>('GET', `/containers?pod=${name}-0`)).items.length, {
      timeout: 30_000,
    })
    .toBe(1);
  const gone = page.getByRole('checkbox', { name: t('containers:gone') });
  await open(page, '/containers');
  await choose(page.locator('#page .search-box').getByRole('combobox'), t('containers:column.pod'));
  await sought(page, 'pod', `${name}-0`);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page, name)).toContainText(`shop/${name}-0`);
  await gone.check();
  await expect(page.getByText(t('containers:nothingFits'))).toBeVisible();
  docker(['rm', name]);
  await press(page, t('engines:update'));
  await agree(page);
  await expect(rows(page, name)).toHaveCount(1, { timeout: 30_000 });
  await expect(page).toHaveURL(/gone=true/);
  await rows(page, name).locator('td').first().click();
  await expect(dialog(page).getByText(t('containers:column.gone'), { exact: true })).toBeVisible();
  await close(page);
  await gone.uncheck();
  await expect(page.getByText(t('containers:nothingFits'))).toBeVisible();
}

for (const language of SPOKEN) {
  test(`hosts and containers, ${language}`, async ({ page }) => {
    const step = { page, t: words(language), language };
    await signIn(page, language);
    await test.step('hosts', () => hosts(step));
    await test.step('containers', () => containers(step, fresh(`pod-${language}`)));
  });
}
