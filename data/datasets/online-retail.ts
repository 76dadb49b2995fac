import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Catalogue, type Product, readCatalogue } from '../../src/catalogue/index.ts';
import type { RunContext } from '../../src/context.ts';
import {
  type Adapter,
  defaultIngestConfiguration,
  type EventLog,
  ingest,
  readEventLog,
} from '../../src/events/index.ts';
import type { EventDataset } from '../../src/metrics/index.ts';
import { onlineRetail } from '../adapters/online-retail.ts';
import { dataAbsent, dataRoot } from './files.ts';

/**
 * UCI Online Retail (Chen 2015) through our own ingest, as an event log.
 * @throws OnewayError `DATA_ABSENT`, and whatever the ingest throws.
 */
export async function loadOnlineRetail(
  options: { readonly folder?: string },
  context: RunContext,
): Promise<EventDataset> {
  const file = path.join(dataRoot(options.folder), 'online-retail', 'online_retail.csv.gz');
  if (!(await stat(file).catch(() => null))?.isFile()) throw dataAbsent(file);
  const { log, catalogue } = await read(file, onlineRetail, context);
  return {
    name: 'online-retail',
    log,
    catalogueBefore: async (time, running) => {
      const { derived } = onlineRetail;
      if (derived === undefined) return bare(catalogue, new Map());
      const where = `${derived.where ?? 'TRUE'} AND (${onlineRetail.events.time}) < ${Math.floor(time)}`;
      const earlier = await read(file, { ...onlineRetail, derived: { ...derived, where } }, running);
      return bare(catalogue, new Map(earlier.catalogue.products.map((product) => [product.id, product])));
    },
  };
}

async function read(
  file: string,
  adapter: Adapter,
  context: RunContext,
): Promise<{ readonly log: EventLog; readonly catalogue: Catalogue }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'oneway-online-retail-'));
  try {
    await ingest({ events: [file], adapter }, defaultIngestConfiguration, folder, context);
    const catalogue = await readCatalogue(folder);
    return { catalogue, log: await readEventLog(folder, catalogue.products.length) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same products in the same order, described by `known` alone. */
function bare(catalogue: Catalogue, known: ReadonlyMap<string, Product>): Catalogue {
  const unknown = { title: '', description: '', brand: null, category: [], price: null, stock: null };
  return {
    products: catalogue.products.map(({ id }) => known.get(id) ?? { id, ...unknown, hidden: false, attributes: {} }),
  };
}
