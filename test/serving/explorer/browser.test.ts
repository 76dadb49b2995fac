import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { heightOf, mapOf } from '../../../serving/explorer/logic/map-layout.ts';
import { fragmentOf, type Place, start } from '../../../serving/explorer/logic/place.ts';
import { adminKey, withAdminKey } from '../world.ts';
import { chromiumPath, launch, noChromium, openPage, openShop, type Shop, serve, violations } from './browser.ts';

if (chromiumPath === null) process.stderr.write(`skipped: ${noChromium}\n`);

const desk = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };

describe.skipIf(chromiumPath === null)('the explorer in a browser', () => {
  let browser: Browser;
  let shop: Shop;

  beforeAll(async () => {
    [browser, shop] = await Promise.all([launch(true), openShop()]);
  });

  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  const at = (place: Partial<Place> = {}, url = shop.url): string => `${url}/${fragmentOf({ ...start, ...place })}`;
  const opened = async (place: Partial<Place>, options: Parameters<typeof openPage>[1] = {}) => {
    const held = await openPage(browser, { viewport: desk, ...options });
    onTestFinished(held.close);
    await held.page.goto(at(place));
    return held;
  };
  const listed = (page: Page) => page.locator('.results .result');
  const settledParts = '.listing[aria-busy=false] :is(.result, .drawing[data-ability=drawn], .slopes, .empty)';
  const settled = (page: Page) => page.locator(settledParts).first().waitFor();

  test.each([
    ['desk', desk],
    ['phone', phone],
  ] as const)(
    'has nothing that axe minds on a %s, light or dark; nothing overflows, nothing comes from elsewhere',
    async (_name, viewport) => {
      const { page, errors, asked } = await opened({}, { viewport });
      const product = { product: shop.phone };
      const places: readonly Partial<Place>[] = [
        {},
        { ...product, rules: '{ "filter": { "price": { "atMost": "x" } } }', basket: [shop.hostileCase] },
        { ...product, view: 'before' },
        { ...product, view: 'map' },
        { ...product, view: 'compare' },
        { product: 'nobody' },
      ];
      for (const place of places) {
        const where = JSON.stringify(place);
        await page.emulateMedia({ colorScheme: 'light' });
        await page.goto(at(place));
        await page.locator(`${settledParts}, .cards a, .problem`).first().waitFor();
        const summary = page.locator('.result summary').first();
        if ((await summary.count()) > 0) await summary.click();
        expect(await violations(page), where).toEqual([]);
        await page.emulateMedia({ colorScheme: 'dark' });
        expect(await violations(page, ['color-contrast']), `${where}, dark`).toEqual([]);
        expect(await page.evaluate<number>('document.documentElement.scrollWidth'), where).toBe(viewport.width);
      }
      expect(errors).toEqual([]);
      expect(asked.filter((url) => !url.startsWith(shop.url) && !url.startsWith('data:'))).toEqual([]);
    },
  );

  test('is walked through with keys alone: search, results, direction, releases, rules', async () => {
    const { page, errors } = await opened({});
    const { keyboard } = page;
    const focused = () => page.evaluate<string>('document.activeElement.textContent || document.activeElement.id');
    await page.locator('.cards a').first().waitFor();
    await keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');

    await keyboard.press('Control+k');
    await keyboard.type('phone');
    const option = page.getByRole('option').first();
    await option.waitFor();
    await page.getByText('choose with the arrow keys').waitFor({ state: 'attached' });
    await keyboard.press('ArrowDown');
    await expect.poll(() => option.getAttribute('aria-selected')).toBe('true');
    await keyboard.press('Escape');
    expect(await page.getByRole('option').first().isVisible()).toBe(false);
    await keyboard.press('ArrowDown');
    await page.getByText('choose with the arrow keys').waitFor({ state: 'attached' });
    await keyboard.press('ArrowUp');
    await keyboard.press('Home');
    await keyboard.press('Enter');
    await settled(page);
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H1');
    expect(page.url()).toContain('#product=');
    await expect.poll(() => page.getByRole('status').textContent()).toContain('What goes after it:');

    const tabTo = async (words: string): Promise<void> => {
      for (let i = 0; i < 80; i++) {
        await keyboard.press('Tab');
        if ((await focused()).includes(words)) return;
      }
      throw new Error(`No key leads to ${words}.`);
    };
    const outline = () => page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
    await tabTo('What it goes after');
    expect(await outline()).toBe('solid');
    await keyboard.press('Enter');
    await page.locator('.listing.before[aria-busy=false]').waitFor();
    await tabTo('Releases');
    await keyboard.press('Enter');
    await page.locator('.slopes').waitFor();
    await tabTo('In stock');
    await keyboard.press('Enter');
    await expect.poll(() => page.locator('#rules').inputValue()).toContain('"stock"');
    await page.locator('.slopes').waitFor();
    expect(errors).toEqual([]);
  });

  test('shows what is recommended and why, and that the other direction is another', async () => {
    const { page } = await opened({ product: shop.phone });
    await settled(page);
    const first = listed(page).first();
    const forward = await listed(page).evaluateAll((rows) => rows.map((row) => row.getAttribute('data-product') ?? ''));
    expect(forward.length).toBe(10);
    expect(forward.slice(0, 3).every((id) => id.startsWith('case'))).toBe(true);
    await page
      .locator('.reason', { hasText: /\d+ customers bought it with or after\./ })
      .first()
      .waitFor();
    expect(await first.locator('.figure').textContent()).toMatch(/\d+ %.*\d+–\d+ %/);
    await first.locator('.back').waitFor();
    await first.locator('summary').click();
    expect(await first.locator('.evidence').textContent()).toContain('Score (logit)');
    await page.locator('.directions').waitFor();

    await first.getByRole('link').first().click();
    await page.locator('.path', { hasText: 'case' }).or(page.locator('h1')).first().waitFor();
    await page.getByRole('link', { name: 'What it goes after' }).click();
    await page.locator('.listing.before .result').first().waitFor();
    const backward = await listed(page).evaluateAll((rows) =>
      rows.map((row) => row.getAttribute('data-product') ?? ''),
    );
    expect(backward).toContain(shop.phone);
    await page.getByRole('link', { name: 'What goes after it' }).click();
    await page.locator('.listing.after[aria-busy=false] :is(.result, .empty)').first().waitFor();
    const after = await listed(page).evaluateAll((rows) => rows.map((row) => row.getAttribute('data-product') ?? ''));
    expect(after).not.toContain(shop.phone);

    await page.goBack();
    await page.locator('.listing.before .result').first().waitFor();
    await page.goBack();
    await page.goBack();
    await expect.poll(() => page.locator('h1').textContent()).toBe(shop.phoneTitle);
    await page.goForward();
    await expect.poll(() => page.locator('h1').textContent()).not.toBe(shop.phoneTitle);
  });

  test('a link leads to the very same: view, basket, rules, length', async () => {
    const rules = '{ "exclude": [] }';
    const place = { product: shop.phone, basket: [shop.hostileCase], rules, k: 20 } as const;
    const { page } = await opened(place);
    await settled(page);
    expect(await page.locator('.basket li').count()).toBe(2);
    expect(await page.locator('#rules').inputValue()).toBe(rules);
    expect(await listed(page).count()).toBeGreaterThan(10);
    await page.getByRole('button', { name: /^Take out/ }).click();
    await expect.poll(() => page.url()).not.toContain('with=');
    await page.goBack();
    await expect.poll(() => page.locator('.basket li').count()).toBe(2);
    await page.reload();
    await settled(page);
    expect(await page.locator('.basket li').count()).toBe(2);

    const scheme = () => page.evaluate<string>('getComputedStyle(document.documentElement).colorScheme');
    expect(await scheme()).toBe('light dark');
    await page.getByRole('button', { name: 'Colours: auto' }).click();
    await page.getByRole('button', { name: 'Colours: light' }).click();
    await expect.poll(scheme).toBe('dark');
    await page.reload();
    await settled(page);
    expect(await scheme()).toBe('dark');
  });

  test('rules: presets write them, faults are shown where they are, the list says what changed', async () => {
    const { page } = await opened({ product: shop.phone });
    await settled(page);
    await page.getByRole('button', { name: 'Most of one category' }).click();
    await expect.poll(() => page.locator('#rules').inputValue()).toContain('"perCategory"');
    await page.locator('#left-out').waitFor();
    await page.locator('.mark').first().waitFor();

    const editor = page.locator('#rules');
    await editor.fill('{\n  "filter": { "price": { "atMost": "cheap" } }\n}');
    await page.locator('.fault', { hasText: 'Line 2, column 36' }).waitFor();
    expect(await page.locator('.editor mark').textContent()).toBe('"cheap"');
    expect(await editor.getAttribute('aria-invalid')).toBe('true');
    await page.getByText('this is the list without them').waitFor();
    await page.getByRole('button', { name: 'Line 2, column 36' }).click();
    const chosen = await editor.evaluate((field) => {
      const { value, selectionStart, selectionEnd } = field as unknown as {
        value: string;
        selectionStart: number;
        selectionEnd: number;
      };
      return value.slice(selectionStart, selectionEnd);
    });
    expect(chosen).toBe('"cheap"');
    await editor.fill('{ "filter": { }, }');
    await page.locator('.fault', { hasText: 'This is not JSON: there is a comma too many.' }).waitFor();
    await editor.fill('{ "filter": { "price": { "below": 0 } } }');
    await page.locator('[data-shortage=RULES]').waitFor();
    await page.getByRole('button', { name: 'Clear the rules' }).click();
    await expect.poll(() => listed(page).count()).toBe(10);
  });

  test('draws the neighbourhood, with a table that says the same', async () => {
    const { page, errors } = await opened({ product: shop.phone, view: 'map' });
    await page.locator('.drawing[data-ability=drawn] canvas').first().waitFor({ state: 'attached' });
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(3);
    const box = (await page.locator('.box').boundingBox())!;
    await page.getByLabel('Steps').selectOption('2');
    await expect.poll(() => page.url()).toContain('hops=2');
    await page.locator('.drawing[data-ability=drawn] canvas').first().waitFor({ state: 'attached' });
    expect(box.width).toBeGreaterThan(500);
    await page.getByRole('button', { name: 'Nearer' }).click();
    await page.locator('tbody a').first().click();
    await expect.poll(() => page.locator('h1').textContent()).not.toBe(shop.phoneTitle);

    await page.goto(at({ product: shop.phone, view: 'map' }));
    await page.locator('.drawing[data-ability=drawn] canvas').first().waitFor({ state: 'attached' });
    const near = (await shop.app.inject(`/v1/products/${shop.phone}/neighbourhood?limit=${start.near}`)).json();
    const { products } = mapOf(near, box.width, heightOf(near));
    const first = products.find(({ hop }) => hop === 1)!;
    await page.locator('.box').scrollIntoViewIfNeeded();
    await page.locator('.box').click({ position: { x: first.x, y: heightOf(near) - first.y } });
    await expect.poll(() => page.url()).toContain(`product=${first.id}`);
    expect(errors).toEqual([]);
  });

  test('without WebGL the table stands in, with a word', async () => {
    const plain = await launch(false);
    onTestFinished(() => plain.close());
    const { page, errors } = await openPage(plain);
    await page.goto(at({ product: shop.phone, view: 'map' }));
    await page.getByText('This browser cannot draw the map').waitFor();
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(3);
    expect(errors).toEqual([]);
  });

  test('compares two releases: what enters, leaves and moves', async () => {
    const { page } = await opened({ product: shop.phone, view: 'compare' });
    await page.locator('.slopes').waitFor();
    expect(await page.locator('.summary').textContent()).toMatch(/(enter|leave|move|stay)/);
    const both = page.locator('.slopes li');
    expect(await both.count()).toBeGreaterThan(10);
    for (const gone of [shop.hidden, shop.sold]) expect(await page.locator(`[data-product="${gone}"]`).count()).toBe(0);
  });

  test('never runs what stands in the catalogue, and never shows what must not be seen', async () => {
    const { page, errors } = await opened({ product: shop.hostileCase });
    const seen: string[] = [];
    for (const view of ['after', 'before', 'similar', 'map', 'compare'] as const) {
      await page.goto(at({ product: shop.hostileCase, view, k: 50, basket: [shop.phone] }));
      await settled(page);
      expect(await page.title()).not.toBe('run');
      seen.push((await page.locator('body').textContent()) ?? '');
    }
    await page.goto(at({ product: shop.phone, k: 50 }));
    await settled(page);
    seen.push((await page.locator('body').textContent()) ?? '');
    await page.locator('#search').fill('must not be seen');
    await page.getByText('Nothing begins with').waitFor();
    seen.push((await page.locator('body').textContent()) ?? '');
    for (const text of seen) expect(text).not.toContain('MUST NOT BE SEEN');
    expect(seen[0]).toContain('<img src=x onerror=');
    expect(await page.locator('main img, main script').count()).toBe(0);
    await page.goto(at({ product: shop.hidden }));
    await page.locator('[data-code=PRODUCT_UNKNOWN]').waitFor();
    expect(errors).toEqual([]);
  });

  test('says what is wrong: unknown product, no connection and back, a service that is not ready', async () => {
    const { page } = await opened({ product: 'nobody' });
    await page.locator('[data-code=PRODUCT_UNKNOWN]').waitFor();
    expect(await page.locator('.problem').textContent()).toMatch(/PRODUCT_UNKNOWN · request [\w-]+/);
    await page.goto(at({ product: shop.phone }));
    await settled(page);
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Similar' }).click();
    await page.locator('[data-code=OFFLINE]').waitFor();
    await page.context().setOffline(false);
    await page.locator('.listing.similar .result').first().waitFor();
    expect(await page.locator('.problem').count()).toBe(0);

    await page.route('**/v1/**', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/json',
        body: JSON.stringify({ error: { code: 'NOT_READY', message: 'No release is loaded yet.', requestId: 'r-1' } }),
      }),
    );
    await page.goto(at());
    await page.reload();
    await page.locator('[data-code=NOT_READY]').waitFor();
    await page.unroute('**/v1/**');
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.locator('.cards a').first().waitFor();
  });

  test('asks for a key where one is needed, keeps it in the tab, forgets it when told', async () => {
    const locked = await serve(shop.workspace, { access: { ...withAdminKey.access, anonymous: 'never' } });
    onTestFinished(() => locked.app.close());
    const { page } = await openPage(browser, { viewport: desk });
    onTestFinished(() => page.context().close());
    await page.goto(at({ product: shop.phone }, locked.url));
    await page.locator('[data-code=KEY_REFUSED]').waitFor();
    await page.getByRole('button', { name: 'Enter a key' }).click();
    await page.locator('#key').fill('wrong');
    await page.keyboard.press('Enter');
    await page.locator('[data-code=KEY_REFUSED]').waitFor();
    await page.getByRole('button', { name: 'Key ✓' }).click();
    await page.locator('#key').fill(adminKey);
    await page.getByRole('button', { name: 'Use it' }).click();
    await settled(page);
    expect(await page.evaluate('Object.keys(localStorage).join()')).not.toContain('key');
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Report' }).click();
    expect((await saving).suggestedFilename()).toBe('oneway-report.html');
    await page.reload();
    await settled(page);
    await page.getByRole('button', { name: 'Key ✓' }).click();
    await page.getByRole('button', { name: 'Forget it' }).click();
    await page.locator('[data-code=KEY_REFUSED]').waitFor();
  });
});
