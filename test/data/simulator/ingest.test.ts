import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTruth, simulateShop, simulatorConfigurationOf, simulatorFormats } from '../../../data/simulator/index.ts';
import { readCatalogue } from '../../../src/catalogue/index.ts';
import { defaultIngestConfiguration, ingest, ownAdapter, readEventLog } from '../../../src/events/index.ts';
import { quietContext } from '../../quiet-context.ts';

const context = quietContext();

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'oneway-simulate-ingest-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('a simulated shop through ingest', () => {
  it.each(simulatorFormats)('keeps every row of %s, and finds what the truth says', async (format) => {
    const shop = join(root, `shop-${format}`);
    const folder = join(root, `ingested-${format}`);
    await mkdir(folder);
    const configuration = simulatorConfigurationOf({ products: 300, customers: 200, format, hiddenShare: 0.05 });
    const summary = await simulateShop(configuration, shop, context);
    const request = { events: [summary.eventsPath], catalogue: [summary.cataloguePath], adapter: ownAdapter };
    const report = await ingest(request, defaultIngestConfiguration, folder, context);
    expect(report.eventsByType).toEqual(summary.eventsByType);
    expect(report.products).toMatchObject({ total: 300, withoutCatalogueEntry: 0, withoutTitle: 0, withoutPrice: 0 });

    const truth = await readTruth(shop);
    const { products } = await readCatalogue(folder);
    expect(products.map(({ id }) => id)).toEqual([...truth.products.keys()].sort());
    for (const product of products) {
      const { forbidden, soldOut, wrong, category, brand, attributes } = truth.products.get(product.id)!;
      expect([product.hidden, product.stock === 0]).toEqual([forbidden !== null, soldOut]);
      if (wrong === null) {
        expect([product.category, product.brand]).toEqual([category, brand]);
        expect(attributes).toMatchObject(product.attributes);
      }
    }
    const log = await readEventLog(folder, products.length);
    expect(log.time).toHaveLength(summary.events);
  });
});
