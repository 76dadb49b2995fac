import * as tf from '@tensorflow/tfjs';
import type { SparseFeatures } from '../catalogue/types.ts';
import { type RunContext, throwIfAborted } from '../context.ts';
import { OnewayError } from '../errors.ts';
import type { ProductGraph } from '../graph/index.ts';
import type { Backend } from '../tensor/index.ts';
import { BatchMaker } from './batch.ts';
import { materialOf } from './material.ts';
import type { BladeModel } from './model.ts';
import { encodeForInference } from './step.ts';
import { symmetricGraph } from './symmetric.ts';
import type { Embeddings } from './types.ts';

const chunkSize = 4096;

/**
 * Embeds every product over a graph with the model's weights and its neighbourhood rule. The graph may have other edges
 * than the one trained on (a refresh publishes with the held-out edges put back), but the same products.
 *
 * Shapes: dimension d + 2. source = [e_s, b_s + b₀, 1], target = [e_t, 1, b_t], so that the dot product is the logit.
 *
 * @throws OnewayError `EMBEDDINGS_INVALID` when a value is NaN or infinite.
 */
export async function embedProducts(
  model: BladeModel,
  input: { readonly graph: ProductGraph; readonly features: SparseFeatures | null },
  options: { readonly backend: Backend; readonly context: RunContext },
): Promise<Embeddings> {
  const { configuration, nodeCount, parameters } = model;
  if (input.graph.nodeCount !== nodeCount) {
    throw new OnewayError(
      'EMBEDDINGS_INVALID',
      `The model knows ${nodeCount} products and the graph has ${input.graph.nodeCount}.`,
      { hint: 'Embed over a graph of the same catalogue, or train again.' },
    );
  }
  const graph = configuration.symmetric ? symmetricGraph(input.graph) : input.graph;
  const maker = new BatchMaker(materialOf(graph, input.features, configuration, model.rule, model.seed));
  const { dimension } = configuration;
  const width = dimension + 2;
  const offset = parameters.get('offset')!.values[0]!;
  const embeddings: Embeddings = {
    count: nodeCount,
    dimension: width,
    source: new Float32Array(nodeCount * width),
    target: new Float32Array(nodeCount * width),
  };
  const { progress, signal } = options.context;
  progress.start('embed products', { total: 2 * nodeCount, unit: 'products' });
  for (const side of ['source', 'target'] as const) {
    for (let start = 0; start < nodeCount; start += chunkSize) {
      throwIfAborted(signal);
      const nodes = Uint32Array.from({ length: Math.min(chunkSize, nodeCount - start) }, (_, i) => start + i);
      const batch = maker.inference(side, nodes);
      const [full, bias] = encodeForInference(parameters, side, batch, configuration);
      writeRows(
        embeddings[side],
        start,
        nodes.length,
        full.dataSync() as Float32Array,
        bias.dataSync() as Float32Array,
        {
          dimension,
          side,
          offset,
        },
      );
      tf.dispose([full, bias]);
      progress.update((side === 'source' ? 0 : nodeCount) + start + nodes.length);
      await new Promise(setImmediate);
    }
  }
  progress.end();
  refuseNonFinite(embeddings);
  return embeddings;
}

function writeRows(
  to: Float32Array,
  start: number,
  count: number,
  vectors: Float32Array,
  biases: Float32Array,
  { dimension, side, offset }: { dimension: number; side: 'source' | 'target'; offset: number },
): void {
  const width = dimension + 2;
  for (let i = 0; i < count; i++) {
    const row = (start + i) * width;
    to.set(vectors.subarray(i * dimension, (i + 1) * dimension), row);
    to[row + dimension] = side === 'source' ? biases[i]! + offset : 1;
    to[row + dimension + 1] = side === 'source' ? 1 : biases[i]!;
  }
}

function refuseNonFinite({ source, target, dimension }: Embeddings): void {
  for (const [side, values] of [
    ['source', source],
    ['target', target],
  ] as const) {
    const position = values.findIndex((value) => !Number.isFinite(value));
    if (position >= 0) {
      throw new OnewayError(
        'EMBEDDINGS_INVALID',
        `The ${side} embedding of product ${Math.floor(position / dimension)} holds ${values[position]}.`,
        { hint: 'Lower optimiser.learningRate and train again.' },
      );
    }
  }
}
