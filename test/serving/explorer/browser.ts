import { existsSync } from 'node:fs';
import axe from 'axe-core';
import type { FastifyInstance } from 'fastify';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { plantedWorld } from '../../../data/index.ts';
import type { GivenServingConfiguration } from '../../../serving/configuration/index.ts';
import type { Workspace } from '../../../src/release/index.ts';
import { plantedParts, publishPlanted } from '../../src/lookup/planted-release.ts';
import { readyApp, temporaryWorkspace, withAdminKey } from '../world.ts';

/** A browser of this machine: the one that ONEWAY_CHROMIUM names, or where Debian and others put it; null where there is none. */
export const chromiumPath: string | null =
  [
    process.env.ONEWAY_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
  ].find((path) => path !== undefined && existsSync(path)) ?? null;

export const noChromium =
  'no Chromium on this machine (apt-get install chromium, or name one in ONEWAY_CHROMIUM): the explorer is not tried in a browser';

/** @param draws whether it has WebGL */
export function launch(draws: boolean): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath!,
    args: [
      '--no-sandbox',
      ...(draws ? ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'] : ['--disable-3d-apis']),
    ],
  });
}

/** A title that would run if it were ever taken for markup. */
const hostile = `</script><img src=x onerror="document.title='run'"><script>document.title='run'</script>`;

export interface Shop {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly workspace: Workspace;
  /** A phone, and cases after it. */
  readonly phone: string;
  readonly phoneTitle: string;
  readonly hostileCase: string;
  readonly hidden: string;
  readonly sold: string;
  readonly close: () => Promise<void>;
}

/** The planted world as a served shop of two releases, with titles that attack and products that must not be seen. */
export async function openShop(): Promise<Shop> {
  const { workspace, remove } = await temporaryWorkspace();
  const whole = plantedWorld({ customers: 600 }).catalogue.products;
  const cases = whole.filter(({ id }) => id.startsWith('case')).map(({ id }) => id);
  const [hidden, sold] = cases as [string, string];
  const phone = whole.find(({ id }) => id.startsWith('phone'))!;
  const family = cases.slice(2);
  const change = (product: (typeof whole)[number]) => {
    if (product.id === hidden) return { ...product, hidden: true, title: 'MUST NOT BE SEEN' };
    if (product.id === sold) return { ...product, stock: 0, title: 'MUST NOT BE SEEN' };
    if (family.includes(product.id)) return { ...product, title: `${hostile} ${product.id}` };
    return product;
  };
  await publishPlanted(workspace, 'old', plantedParts({ model: 'undecided', change }));
  await publishPlanted(workspace, 'new', plantedParts({ change }), { report: '<title>Report</title>' });
  const { app, url } = await serve(workspace, withAdminKey);
  return {
    app,
    url,
    workspace,
    phone: phone.id,
    phoneTitle: phone.title,
    hostileCase: family[0]!,
    hidden,
    sold,
    close: async () => {
      await app.close();
      await remove();
    },
  };
}

/** The workspace served at an address of its own. */
export async function serve(workspace: Workspace, configuration: GivenServingConfiguration) {
  const app = await readyApp(workspace, 1000, configuration);
  return { app, url: await app.listen({ port: 0, host: '127.0.0.1' }) };
}

/** A page that notes what goes wrong in it, and all that it asks for. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const errors: string[] = [];
  const asked: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // What the service refuses is noted by the browser as well; that is no fault of the page.
    if (message.type() === 'error' && !message.text().includes('Failed to load resource')) errors.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  return { page, errors, asked, close: () => context.close() };
}

/**
 * What axe finds by WCAG 2.2 A and AA and by good practice: rule and place of each.
 * @param only the rules to look at. @default all of them
 */
export async function violations(page: Page, only?: readonly string[]): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const runOnly = only ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  return page.evaluate(`axe
    .run(document, { runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'] })
    .then(({ violations }) => violations.flatMap(({ id, impact, nodes }) => nodes.map(({ target }) => impact + ' ' + id + ' at ' + target.join(' '))))`);
}
