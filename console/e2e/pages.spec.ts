// Every page of the menu, in both languages: it shows, it is accessible, it asks for little, and no key is left in it.
import { PAGES } from '../src/pages';
import { accessible, expect, LANGUAGES, open, shown, signIn, test } from './console';

/** A page asks for no more than that. */
const MOST_REQUESTS = 6;
const MENU = PAGES.filter((known) => known.icon);

for (const language of LANGUAGES) {
  test(`every page, ${language}`, async ({ page }) => {
    test.setTimeout(300_000);
    await signIn(page, language);
    await open(page, '/compare');
    for (const { path } of MENU) {
      await test.step(path, async () => {
        const asked: string[] = [];
        page.on('request', (request) => {
          const { pathname } = new URL(request.url());
          if (pathname.startsWith('/api/')) asked.push(pathname);
        });
        await page.locator(`nav a[href="${path}"]`).click();
        await shown(page, path);
        page.removeAllListeners('request');
        expect.soft(asked.length, `${path} asks for ${asked}`).toBeLessThanOrEqual(MOST_REQUESTS);
        // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not read
        const words = await page.locator('body').innerText({ timeout: 1000 });
        expect.soft(words, `${path} shows a key`).not.toMatch(/\b[a-z]+\.[a-z]+[A-Z]\w*\b|undefined|NaN|\[object/);
        await accessible(page);
      });
    }
  });
}
