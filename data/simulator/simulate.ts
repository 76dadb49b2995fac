import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '../../src/context.ts';
import { throwIfAborted } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { type EventType, eventTypes } from '../../src/events/types.ts';
import { Random } from '../../src/random.ts';
import { writeJson } from '../../src/storage/index.ts';
import type { Cause, Visitor } from './activity.ts';
import { type SimulatorConfiguration, simulatorConfigurationOf, simulatorFormats } from './configuration.ts';
import { describeProduct } from './describe.ts';
import { Market } from './market.ts';
import { buildShop, productId, type Shop } from './shop.ts';
import { type Columns, csvField, LineWriter, TableWriter } from './table-writer.ts';
import { productTruth, relationRules, truthPaths } from './truth.ts';
import { robotCount, visitors } from './visitors.ts';

/** What a simulation wrote. */
export interface SimulationSummary {
  /** Files for the refresh (adapter `oneway`). */
  readonly eventsPath: string;
  readonly cataloguePath: string;
  /** Folder of the truth; for measuring only. */
  readonly truthPath: string;
  readonly products: number;
  /** Human customers, with or without events. */
  readonly customers: number;
  readonly robots: number;
  readonly events: number;
  readonly robotEvents: number;
  readonly eventsByType: Readonly<Record<EventType, number>>;
  readonly purchasesByCause: Readonly<Record<Cause, number>>;
}

export interface SimulateOptions {
  /** Replace a simulated shop that is already in the folder; nothing else in it is touched. @default false */
  readonly force?: boolean;
}

const eventColumns: Columns = [
  ['customer', 'VARCHAR'],
  ['product', 'VARCHAR'],
  ['type', 'VARCHAR'],
  ['time', 'UINTEGER'],
  ['session', 'VARCHAR'],
  ['ip_hash', 'VARCHAR'],
  ['user_agent', 'VARCHAR'],
  ['device', 'VARCHAR'],
  ['logged_in', 'BOOLEAN'],
];

const catalogueColumns: Columns = [
  ['id', 'VARCHAR'],
  ['title', 'VARCHAR'],
  ['description', 'VARCHAR'],
  ['brand', 'VARCHAR'],
  ['category', 'VARCHAR'],
  ['price', 'DOUBLE'],
  ['stock', 'UINTEGER'],
  ['hidden', 'BOOLEAN'],
  ['attributes', 'VARCHAR'],
];

const tableNames = ['events', 'catalogue'].flatMap((stem) =>
  [...simulatorFormats, 'raw.csv'].map((form) => `${stem}.${form}`),
);
/** Everything that a simulation, finished or killed, can leave in its folder. */
const ourNames = [...tableNames, ...tableNames.map((name) => `${name}.tmp`), 'simulation.json', 'truth'];

/**
 * Simulates a shop into `folder`: `events.*`, `catalogue.*` (schema of the adapter `oneway`), `simulation.json`, and apart from
 * them `truth/` with what was planted. Streams: memory is about 100 bytes a product and one visitor's events.
 * The same configuration gives the same bytes. What fails or is stopped leaves nothing behind; `simulation.json` is written last.
 * @throws FOLDER_NOT_EMPTY when the folder holds anything and `force` is not set; CONFIGURATION_INVALID; ABORTED.
 */
export async function simulateShop(
  configuration: SimulatorConfiguration,
  folder: string,
  context: RunContext,
  options: SimulateOptions = {},
): Promise<SimulationSummary> {
  const checked = simulatorConfigurationOf(configuration);
  await prepareFolder(folder, options.force ?? false);
  await mkdir(truthPaths(folder).folder, { recursive: true });
  try {
    return await writeShop(buildShop(checked), folder, context);
  } catch (cause) {
    await removeShop(folder);
    throw cause;
  }
}

async function writeShop(shop: Shop, folder: string, context: RunContext): Promise<SimulationSummary> {
  const { configuration } = shop;
  const paths = truthPaths(folder);
  const cataloguePath = await writeCatalogue(shop, folder, context);
  await writeJson(paths.relations, relationRules(shop));
  const { eventsPath, ...counted } = await writeEvents(shop, folder, context);
  const figures = {
    products: shop.count,
    customers: configuration.customers,
    robots: robotCount(configuration.customers, configuration.robotShare),
    ...counted,
  };
  await writeJson(join(folder, 'simulation.json'), { configuration, ...figures });
  context.logger.info({ ...figures }, 'simulated a shop');
  return { eventsPath, cataloguePath, truthPath: paths.folder, ...figures };
}

async function prepareFolder(folder: string, force: boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  const present = await readdir(folder);
  if (present.length === 0) return;
  if (!force) {
    throw new OnewayError('FOLDER_NOT_EMPTY', `The folder ${folder} is not empty.`, {
      hint: 'Name another folder, or replace the simulated shop in it with --force.',
      details: { folder, found: present.slice(0, 5) },
    });
  }
  if (!present.includes('truth') && present.some((name) => ourNames.includes(name))) {
    throw new OnewayError('FOLDER_NOT_EMPTY', `The folder ${folder} holds files that no simulation wrote.`, {
      hint: 'Name another folder: --force replaces simulated shops only.',
      details: { folder, found: present.filter((name) => ourNames.includes(name)) },
    });
  }
  await removeShop(folder);
}

/** Removes what a simulation writes, finished or not, and nothing else. */
async function removeShop(folder: string): Promise<void> {
  for (const name of ourNames) await rm(join(folder, name), { recursive: true, force: true });
}

async function writeCatalogue(shop: Shop, folder: string, { progress, signal }: RunContext): Promise<string> {
  const table = new TableWriter(join(folder, 'catalogue'), catalogueColumns, shop.configuration.format);
  const truth = new LineWriter(truthPaths(folder).products);
  progress.start('Simulating the catalogue', { total: shop.count, unit: 'products' });
  try {
    for (let p = 0; p < shop.count; p++) {
      const described = describeProduct(shop, p);
      const { id, title, description, brand, category, price, stock, hidden, attributes } = described.stated;
      const texts = [id, title, description, brand ?? '', category.join(' > ')].map(csvField).join(',');
      table.row(`${texts},${price},${stock},${hidden},${csvField(JSON.stringify(attributes))}`);
      truth.line(JSON.stringify(productTruth(shop, p, described)));
      if (p % 500 === 499) {
        throwIfAborted(signal);
        await table.drain();
        await truth.drain();
        progress.update(p + 1);
      }
    }
    await truth.close();
    await table.close();
  } catch (cause) {
    await Promise.all([table.discard(), truth.discard()]);
    throw cause;
  }
  progress.end();
  return table.path;
}

type Written = Pick<SimulationSummary, 'eventsPath' | 'events' | 'robotEvents' | 'eventsByType' | 'purchasesByCause'>;

async function writeEvents(shop: Shop, folder: string, { progress, signal }: RunContext): Promise<Written> {
  const { configuration } = shop;
  const paths = truthPaths(folder);
  const table = new TableWriter(join(folder, 'events'), eventColumns, configuration.format);
  const robots = new LineWriter(paths.robots);
  const purchases = new LineWriter(paths.purchases);
  robots.line('customer,class,ip_hash');
  purchases.line('customer,product,time,cause,because');
  const eventsByType = Object.fromEntries(eventTypes.map((type) => [type, 0])) as Record<EventType, number>;
  const purchasesByCause: Record<Cause, number> = {
    need: 0,
    'follow-up': 0,
    repeat: 0,
    upgrade: 0,
    impulse: 0,
    robot: 0,
  };
  let events = 0;
  let robotEvents = 0;
  const write = ({ id, robot, activities }: Visitor): void => {
    if (robot !== null) {
      robots.line(`${id},${robot},${activities[0]?.ip ?? ''}`);
      robotEvents += activities.length;
    }
    events += activities.length;
    for (const { product, type, time, session, ip, agent, device, loggedIn, cause, because } of activities) {
      const name = productId(shop, product);
      table.row(`${id},${name},${type},${time},${id}-${session},${ip},${csvField(agent)},${device},${loggedIn}`);
      eventsByType[type]++;
      if (type !== 'purchase') continue;
      purchasesByCause[cause]++;
      purchases.line(`${id},${name},${time},${cause},${because < 0 ? '' : productId(shop, because)}`);
    }
  };

  const total = configuration.customers + robotCount(configuration.customers, configuration.robotShare);
  progress.start('Simulating customers', { total, unit: 'customers' });
  let done = 0;
  try {
    for (const visitor of visitors(new Market(shop), new Random(configuration.seed))) {
      write(visitor);
      await table.drain();
      if (++done % 200 === 0) {
        throwIfAborted(signal);
        await purchases.drain();
        await robots.drain();
        progress.update(done, `${events} events`);
      }
    }
    await robots.close();
    await purchases.close();
    await table.close();
  } catch (cause) {
    await Promise.all([table.discard(), robots.discard(), purchases.discard()]);
    throw cause;
  }
  progress.end(`${events} events`);
  return { eventsPath: table.path, events, robotEvents, eventsByType, purchasesByCause };
}
