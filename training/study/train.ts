import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BladeConfiguration, checkpointFiles, embedEnsemble, trainEnsemble } from '../../src/blade/index.ts';
import type { SparseFeatures } from '../../src/catalogue/index.ts';
import type { RunContext } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { EdgeList, ProductGraph } from '../../src/graph/index.ts';
import { embeddingScorer, type Scorer } from '../../src/metrics/index.ts';
import { hashJson } from '../../src/storage/index.ts';
import type { Backend } from '../../src/tensor/index.ts';

export interface TrainingTask {
  readonly graph: ProductGraph;
  readonly features: SparseFeatures | null;
  readonly validation: EdgeList | null;
  readonly configuration: BladeConfiguration;
  readonly seed: number;
}

export interface Trained {
  readonly scorer: Scorer;
  readonly bestEpoch: number;
}

/**
 * Trains a model and embeds every product over the graph that it was trained on. Killed, it goes on from its checkpoint.
 * @param checkpoints folder for the checkpoint, which goes when the training is done.
 * @param name tells this training from every other in the folder.
 */
export async function trainOnce(
  task: TrainingTask,
  checkpoints: string,
  name: Readonly<Record<string, unknown>>,
  tools: { readonly backend: Backend; readonly context: RunContext },
): Promise<Trained> {
  const { graph, features, validation, configuration, seed } = task;
  const path = join(checkpoints, `checkpoint-${hashJson({ ...name, configuration, seed }).slice(0, 12)}.safetensors`);
  const removeCheckpoints = async (): Promise<void> => {
    for (const file of checkpointFiles(path, configuration)) await rm(file, { force: true });
  };
  const { model, bestEpoch } = await trainEnsemble({ graph, features, validation }, configuration, {
    seed,
    ...tools,
    checkpoint: { path },
  }).catch(async (error: unknown) => {
    // A stopped training goes on from its checkpoint; a failed one would fail again.
    if (!(error instanceof OnewayError && error.code === 'ABORTED')) await removeCheckpoints();
    throw error;
  });
  const embeddings = await embedEnsemble(model, { graph, features }, tools);
  await removeCheckpoints();
  return { scorer: embeddingScorer('oneway', embeddings), bestEpoch };
}
