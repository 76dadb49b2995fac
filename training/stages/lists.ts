import { join } from 'node:path';
import {
  catalogueFileName,
  ProductTable,
  readCatalogueFile,
  readFeatures,
  writeProductTable,
} from '../../src/catalogue/index.ts';
import { readGraph } from '../../src/graph/index.ts';
import { openIndex } from '../../src/index/index.ts';
import { type ListFigures, precomputeLists, writePartColumns } from '../../src/lookup/index.ts';
import { readEmbeddings, writeLists } from '../../src/release/index.ts';
import { readJson, writeJson } from '../../src/storage/index.ts';
import { nameOf, pathOf, type RefreshStage } from './environment.ts';
import type { IndexFigures } from './vector-index.ts';

/**
 * Published embeddings and index → for every product its related and similar ones, so that the common question is answered without a search; catalogue and graph → what
 * lookups need of them, so that the service opens the release without making it.
 */
export const listsStage: RefreshStage = {
  name: 'lists',
  inputs: ({ configuration, seed }) => ({ lists: configuration.lists, seed, prepared: 1 }),
  run: async (folder, environment) => {
    const { configuration, context, seed } = environment;
    const catalogue = await readCatalogueFile(join(environment.folder, 'ingest', catalogueFileName));
    const embeddings = await readEmbeddings(pathOf(environment, 'embeddings'));
    const { description } = (await readJson(pathOf(environment, 'indexFigures'))) as IndexFigures;
    const parts = {
      embeddings,
      products: catalogue.products,
      features: await readFeatures(pathOf(environment, 'features')),
      graph: await readGraph(pathOf(environment, 'fullGraph')),
      index: await openIndex(pathOf(environment, 'index'), description, embeddings.target),
    };
    const { lists, figures } = await precomputeLists(parts, configuration.lists, context, { seed });
    context.logger.info(figures, 'lists of related and similar products');
    await writeLists(join(folder, nameOf('lists')), lists);
    const products = ProductTable.of(catalogue.products);
    await writeProductTable(join(folder, nameOf('products')), products);
    await writePartColumns(join(folder, nameOf('lookup')), { products, graph: parts.graph });
    const written: Record<'related' | 'similar', ListFigures> = figures;
    await writeJson(join(folder, nameOf('listFigures')), written);
  },
};
