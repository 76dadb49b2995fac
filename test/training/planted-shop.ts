import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PlantedWorld, plantedWorld } from '../../data/index.ts';
import { eventTypes, ownAdapter } from '../../src/events/index.ts';
import type { RefreshRequest } from '../../training/index.ts';

/** A model small enough for seconds and large enough to learn the planted world. */
export const tinyConfiguration = {
  features: { columns: 256 },
  blade: {
    dimension: 16,
    members: 1,
    neighbourhood: { minimum: 4, maximum: 8, viewed: 4 },
    loss: { negatives: 128, positivesPerSource: 16, reversedPairs: 64 },
    optimiser: { epochs: 16, batchSize: 64, minimumSteps: 6, warmUpSteps: 2, learningRate: 0.03 },
    validation: { every: 4 },
    checkpointSeconds: 0,
  },
  evaluation: { variants: [], baselines: ['conditional'], examples: 6 },
  gates: { minimumHitRate: 0.1 },
  index: { exactBelow: 10 },
};

export interface PlantedFiles {
  readonly world: PlantedWorld;
  readonly events: string;
  readonly catalogue: string;
}

/** The planted world as files of our own schema. */
export async function writePlantedShop(folder: string, customers = 1500): Promise<PlantedFiles> {
  await mkdir(folder, { recursive: true });
  const world = plantedWorld({ customers });
  const { catalogue, log } = world;
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const events = ['customer,product,type,time'];
  for (let i = 0; i < log.customer.length; i++) {
    events.push(
      `c${log.customer[i]},${catalogue.products[log.product[i]!]!.id},${eventTypes[log.type[i]!]},${log.time[i]}`,
    );
  }
  const products = ['id,title,description,brand,category,price,stock,hidden,attributes'];
  for (const { id, title, description, brand, category, price, stock, hidden, attributes } of catalogue.products) {
    const texts = [title, description, brand ?? '', category.join(' > ')].map(quoted).join(',');
    products.push(`${id},${texts},${price},${stock},${hidden},${quoted(JSON.stringify(attributes))}`);
  }
  const paths = { events: join(folder, 'events.csv'), catalogue: join(folder, 'catalogue.csv') };
  await writeFile(paths.events, `${events.join('\n')}\n`);
  await writeFile(paths.catalogue, `${products.join('\n')}\n`);
  return { world, ...paths };
}

export function requestFor(files: Pick<PlantedFiles, 'events' | 'catalogue'>, seed = 1): RefreshRequest {
  return {
    source: { events: [files.events], catalogue: [files.catalogue], adapter: ownAdapter },
    seed,
    backend: 'wasm',
  };
}

export { quietContext } from '../quiet-context.ts';
