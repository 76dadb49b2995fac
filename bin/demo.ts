/**
 * The demonstration: a simulated shop through the whole pipeline to a running service.
 * @module
 */
import { join } from 'node:path';
import { readTruth, simulateShop, simulatorConfigurationOf } from '../data/index.ts';
import { type RunningServer, type ServerOptions, startServer } from '../serving/index.ts';
import type { CommandHost, RunContext } from '../src/context.ts';
import { OnewayError } from '../src/errors.ts';
import { ownAdapter } from '../src/events/index.ts';
import { currentRelease, openRelease, Workspace } from '../src/release/index.ts';
import { readJson } from '../src/storage/index.ts';
import { packageVersion, type RefreshOutcome, refresh, refreshConfigurationOf } from '../training/index.ts';

export interface DemoOptions {
  readonly folder: string;
  readonly products: number;
  readonly port: number;
  readonly serve: boolean;
}

/** Ports tried after the one that was asked for. */
const portsTried = 20;

/** Runs until the host's signal, or until the release is published where nothing is to be served. */
export async function demonstrate(options: DemoOptions, host: CommandHost): Promise<void> {
  const context = host.open();
  const shop = join(options.folder, 'shop');
  const workspace = join(options.folder, 'workspace');
  await ensureShop(shop, options.products, context);
  const outcome = await refreshShop(shop, workspace, context);
  if (!options.serve) {
    host.print(`release  ${outcome.release}`);
    host.print(`report   ${outcome.report}`);
    return;
  }
  const server = await listen({ workspace, port: options.port, context, version: packageVersion() });
  await printGuide(server, outcome, shop, workspace, host);
  await aborted(context.signal);
  await server.close();
}

/** Simulates the shop unless this very shop is there. `simulation.json` is written last, so it stands for a whole shop. */
async function ensureShop(folder: string, products: number, context: RunContext): Promise<void> {
  const configuration = simulatorConfigurationOf({ products, customers: products * 4 });
  const found = await readJson(join(folder, 'simulation.json')).catch((error: unknown) => {
    if (error instanceof OnewayError) return null;
    throw error;
  });
  const present = (found as { readonly configuration?: unknown } | null)?.configuration;
  if (present !== undefined && JSON.stringify(present) === JSON.stringify(configuration)) {
    context.logger.info({ folder }, 'the simulated shop is there already');
    return;
  }
  await simulateShop(configuration, folder, context, { force: true });
}

async function refreshShop(shop: string, folder: string, context: RunContext): Promise<RefreshOutcome> {
  const source = {
    events: [join(shop, 'events.csv')],
    catalogue: [join(shop, 'catalogue.csv')],
    adapter: ownAdapter,
  };
  const workspace = new Workspace(folder);
  return refresh({ source, seed: 1, backend: 'auto' }, refreshConfigurationOf(), workspace, context);
}

async function listen(options: ServerOptions & { readonly port: number }): Promise<RunningServer> {
  for (let port = options.port; ; port++) {
    try {
      return await startServer({ ...options, port });
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!taken || port >= Math.min(65_535, options.port + portsTried)) throw error;
      options.context.logger.info({ port }, `port ${port} is taken, trying the next`);
    }
  }
}

async function printGuide(
  { address }: RunningServer,
  outcome: RefreshOutcome,
  shop: string,
  folder: string,
  host: CommandHost,
): Promise<void> {
  const workspace = new Workspace(folder);
  const pair = await examplePair(shop, workspace);
  host.print('');
  host.print(`Oneway serves   ${address}  (API page: ${address}/docs)`);
  host.print(`report          ${address}/report  (${outcome.report})`);
  host.print(`release         ${(await currentRelease(workspace)) ?? outcome.release}`);
  if (pair !== null) {
    const { phone, follower } = pair;
    host.print(`explorer        ${address}/#product=${encodeURIComponent(phone.id)}`);
    host.print('');
    host.print(`what goes well after a phone, ${phone.title}:`);
    host.print(`  curl '${address}/v1/products/${phone.id}/related?k=10'`);
    host.print(`what goes well after a case, ${follower.title} (no phone):`);
    host.print(`  curl '${address}/v1/products/${follower.id}/related?k=10'`);
    host.print('products like that phone:');
    host.print(`  curl '${address}/v1/products/${phone.id}/similar?k=10'`);
  }
  host.print('');
  host.print('Ctrl-C stops it.');
}

/** The best-selling phone that is shown, and the case that most of its buyers bought afterwards. */
async function examplePair(shop: string, workspace: Workspace) {
  const truth = await readTruth(shop);
  const { products, graph } = await openRelease(workspace);
  const { outOffsets, outTargets, outCounts } = graph.bought;
  let best: { readonly phone: number; readonly follower: number; readonly customers: number } | null = null;
  for (let phone = 0; phone < products.length; phone++) {
    if (products.hidden(phone) || truth.typeOf(products.id(phone)) !== 'phone') continue;
    for (let edge = outOffsets[phone]!; edge < outOffsets[phone + 1]!; edge++) {
      const follower = outTargets[edge]!;
      const customers = outCounts[edge]!;
      if (products.hidden(follower) || truth.typeOf(products.id(follower)) !== 'case') continue;
      if (best === null || customers > best.customers) best = { phone, follower, customers };
    }
  }
  return best === null ? null : { phone: products.at(best.phone), follower: products.at(best.follower) };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
