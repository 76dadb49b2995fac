import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { embedEnsemble, loadBlade } from '../../src/blade/index.ts';
import { readFeatures } from '../../src/catalogue/index.ts';
import { readGraph } from '../../src/graph/index.ts';
import { writeEmbeddings } from '../../src/release/index.ts';
import { nameOf, pathOf, type RefreshStage } from './environment.ts';

/**
 * Weights → embeddings, twice: over the training graph, by which quality is measured, and over the full graph, which is published.
 * The weights are the same; the held-out edges only ever take part in the propagation that is served.
 */
export const embedStage: RefreshStage = {
  name: 'embed',
  inputs: () => null,
  run: async (folder, environment, finished) => {
    const { context } = environment;
    const model = await loadBlade(pathOf(environment, 'model'));
    const shardFolder = join(environment.folder, 'embed-shards');
    const features = await readFeatures(pathOf(environment, 'features'));
    for (const [graphFile, embeddingsFile] of [
      ['trainGraph', 'trainEmbeddings'],
      ['fullGraph', 'embeddings'],
    ] as const) {
      const graph = await readGraph(pathOf(environment, graphFile));
      // Beside the stages' folders: they must outlast a killed stage. The model is what the stage before it made.
      const shards = { folder: join(shardFolder, graphFile), identity: `${finished.at(-1)!.hash} ${graphFile}` };
      const embeddings = await embedEnsemble(model, { graph, features }, { context, shards });
      await writeEmbeddings(join(folder, nameOf(embeddingsFile)), embeddings);
    }
    await rm(shardFolder, { recursive: true, force: true });
  },
};
