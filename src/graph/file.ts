import { OnewayError } from '../errors.ts';
import { type Room, readSafetensors, type Tensor, writeSafetensors } from '../storage/index.ts';
import { completeCsr } from './csr.ts';
import type { CsrGraph, ProductGraph } from './types.ts';

const format = 'oneway-graph';
const version = '1';

/**
 * Writes a graph as safetensors: the out-rows of each relation and the counts. In-rows are made again on reading,
 * which is faster than reading them from a disk.
 */
export async function writeGraph(path: string, graph: ProductGraph): Promise<void> {
  await writeSafetensors(
    path,
    {
      ...rowTensors('bought', graph.bought),
      ...(graph.viewed === null ? {} : rowTensors('viewed', graph.viewed)),
      buyers: vector(graph.buyers),
      viewers: vector(graph.viewers),
      ...(graph.trend === undefined ? {} : { trend: vector(graph.trend) }),
    },
    { format, version, nodeCount: String(graph.nodeCount) },
  );
}

/**
 * @param room where it is put. @default memory of its own
 * @throws OnewayError `FILE_NOT_FOUND`; `FILE_CORRUPT` when the file is not a graph of ours or breaks an invariant of {@link CsrGraph}.
 */
export async function readGraph(path: string, room?: Room): Promise<ProductGraph> {
  const { tensors, metadata } = await readSafetensors(path, room);
  const fail = (reason: string): OnewayError =>
    new OnewayError('FILE_CORRUPT', `${path} is not a product graph: ${reason}.`, {
      hint: 'The file was altered or written by something else; run the graph stage again.',
      details: { file: path, reason },
    });
  if (metadata.format !== format) throw fail(`its format is ${metadata.format ?? 'not given'}`);
  if (metadata.version !== version) throw fail(`it has version ${metadata.version}, this program reads ${version}`);
  const nodeCount = Number(metadata.nodeCount);
  if (!Number.isSafeInteger(nodeCount) || nodeCount < 0) throw fail(`its node count is ${metadata.nodeCount}`);
  const reader = new TensorReader(tensors, fail);
  const graph: ProductGraph = {
    nodeCount,
    bought: reader.rows('bought', nodeCount, room),
    viewed: 'viewed.offsets' in tensors ? reader.rows('viewed', nodeCount, room) : null,
    buyers: reader.integers('buyers', nodeCount),
    viewers: reader.integers('viewers', nodeCount),
    ...('trend' in tensors ? { trend: reader.finite('trend', nodeCount) } : {}),
  };
  return graph;
}

function rowTensors(name: string, rows: CsrGraph): Record<string, Tensor> {
  return {
    [`${name}.offsets`]: vector(rows.outOffsets),
    [`${name}.targets`]: vector(rows.outTargets),
    [`${name}.weights`]: vector(rows.outWeights),
    [`${name}.counts`]: vector(rows.outCounts),
  };
}

function vector(data: Uint32Array | Float32Array): Tensor {
  return { shape: [data.length], data };
}

class TensorReader {
  readonly #tensors: Readonly<Record<string, Tensor>>;
  readonly #fail: (reason: string) => OnewayError;

  constructor(tensors: Readonly<Record<string, Tensor>>, fail: (reason: string) => OnewayError) {
    this.#tensors = tensors;
    this.#fail = fail;
  }

  /** Out-rows checked edge by edge, completed with in-rows. */
  rows(name: string, nodeCount: number, room?: Room): CsrGraph {
    const outOffsets = this.integers(`${name}.offsets`, nodeCount + 1);
    const edgeCount = outOffsets[nodeCount]!;
    const outTargets = this.integers(`${name}.targets`, edgeCount);
    const outWeights = this.#tensors[`${name}.weights`]?.data;
    const outCounts = this.integers(`${name}.counts`, edgeCount);
    if (!(outWeights instanceof Float32Array) || outWeights.length !== edgeCount) {
      throw this.#fail(`${name}.weights is not ${edgeCount} float32`);
    }
    if (outOffsets[0] !== 0) throw this.#fail(`${name}.offsets does not begin at 0`);
    for (let u = 0; u < nodeCount; u++) {
      const start = outOffsets[u]!;
      const end = outOffsets[u + 1]!;
      if (end < start || end > edgeCount)
        throw this.#fail(`row ${u} of ${name} ends before it begins or past the edges`);
      for (let i = start; i < end; i++) {
        const v = outTargets[i]!;
        if (v >= nodeCount || v === u) throw this.#fail(`row ${u} of ${name} has the target ${v}`);
        if (i > start && v <= outTargets[i - 1]!) throw this.#fail(`row ${u} of ${name} does not ascend`);
        const weight = outWeights[i]!;
        if (!(weight > 0 && weight < Number.POSITIVE_INFINITY)) {
          throw this.#fail(`edge ${u}→${v} of ${name} has weight ${weight}`);
        }
      }
    }
    return completeCsr({ nodeCount, edgeCount, outOffsets, outTargets, outWeights, outCounts }, room);
  }

  finite(name: string, length: number): Float32Array {
    const data = this.#tensors[name]?.data;
    if (!(data instanceof Float32Array) || data.length !== length || !data.every(Number.isFinite))
      throw this.#fail(`${name} is not ${length} finite float32`);
    return data;
  }

  integers(name: string, length: number): Uint32Array {
    const data = this.#tensors[name]?.data;
    if (!(data instanceof Uint32Array) || data.length !== length) throw this.#fail(`${name} is not ${length} uint32`);
    return data;
  }
}
