import { join } from 'node:path';
import { encodeFeatures, readCatalogue, writeFeatures } from '../../src/catalogue/index.ts';
import { throwIfAborted } from '../../src/context.ts';
import { type IngestReport, readEventLog } from '../../src/events/index.ts';
import {
  buildProductGraph,
  describeGraph,
  type ProductGraph,
  pairEvents,
  splitEdges,
  writeGraph,
} from '../../src/graph/index.ts';
import { readJson, writeJson } from '../../src/storage/index.ts';
import { nameOf, pathOf, type RefreshStage } from './environment.ts';
import { catalogueFigures, dataPart, timelineOf } from './figures/data.ts';
import { graphPart } from './figures/graph.ts';
import { writeHeldOut } from './held-out.ts';

/** Event log → directed product graph, split by edge; catalogue → feature vectors. */
export const graphStage: RefreshStage = {
  name: 'graph',
  inputs: ({ configuration, seed }) => ({
    graph: configuration.graph,
    features: configuration.features,
    split: configuration.split,
    seed,
  }),
  run: async (folder, environment) => {
    const { configuration, context, seed } = environment;
    const place = (file: Parameters<typeof nameOf>[0]) => join(folder, nameOf(file));
    const ingestFolder = join(environment.folder, 'ingest');
    const catalogue = await readCatalogue(ingestFolder);
    const nodeCount = catalogue.products.length;
    const log = await readEventLog(ingestFolder, nodeCount);

    const pairing = pairEvents(log, configuration.graph, context);
    const full = buildProductGraph(pairing, nodeCount);
    throwIfAborted(context.signal);

    const split = splitEdges(full.bought, configuration.split, seed);
    const train: ProductGraph = {
      ...full,
      bought: split.train,
      viewed: configuration.split.coViews ? full.viewed : null,
    };
    await writeGraph(place('fullGraph'), full);
    await writeGraph(place('trainGraph'), train);
    await writeHeldOut(place('heldOut'), split);

    context.progress.start('encode products', { total: nodeCount, unit: 'products' });
    const { features, encoder } = encodeFeatures(catalogue, configuration.features);
    await writeFeatures(place('features'), features);
    await writeJson(place('encoder'), encoder.toJSON());
    context.progress.end();

    const ingestReport = (await readJson(pathOf(environment, 'ingestReport'))) as IngestReport;
    await writeJson(place('dataFigures'), dataPart(ingestReport, timelineOf(log), catalogueFigures(catalogue)));
    const description = describeGraph(full, context, { seed });
    await writeJson(place('graphFigures'), graphPart(description, pairing.report, catalogue));
  },
};
