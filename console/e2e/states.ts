// The states that something goes through, as they are shown.
import type { Page } from '@playwright/test';

/** Keeps every state, or other text, that is shown there from now on: what is over quickly is not missed. */
export async function watch(page: Page, there = '.ant-table-tbody .status'): Promise<void> {
  await page.evaluate((there) => {
    const seen = new Set<string>();
    const look = () => {
      for (const cell of document.querySelectorAll(there)) seen.add(cell.textContent?.trim() ?? '');
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { seen });
  }, there);
}

/** The states that were shown. */
export const seen = (page: Page) => page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen].join());
