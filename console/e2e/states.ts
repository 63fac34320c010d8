// The states that rows of a list go through.
import type { Page } from '@playwright/test';

/** Keeps every state that is shown from now on: what is over quickly is not missed. */
export async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen = new Set<string>();
    const look = () => {
      for (const cell of document.querySelectorAll('.ant-table-tbody .status'))
        seen.add(cell.textContent?.trim() ?? '');
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { seen });
  });
}

/** The states that were shown. */
export const seen = (page: Page) => page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen].join());
