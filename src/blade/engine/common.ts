import type { ProductGraph } from '../../graph/index.ts';
import {
  createParameter,
  type NativePackage,
  NativeProduct,
  openParameter,
  type Parameter,
  SharedHeap,
  type SharedParameter,
  shareParameter,
} from '../../tensor/threads.ts';
import type { Material } from '../material.ts';
import type { ParameterName, Parameters } from '../parameters.ts';
import { ownerOf } from '../parameters.ts';
import type { Side } from '../sampler.ts';
import { type FeatureColumns, featureColumns } from './features.ts';
import { prepareLists } from './lists.ts';
import type { Projection } from './projection.ts';

/** What the lanes of an engine work on together. */
export interface Common {
  readonly material: Material;
  readonly parameters: Parameters;
  /** By side; null where features do not travel. */
  readonly projections: Readonly<Record<Side, Projection>> | null;
  readonly columns: FeatureColumns | null;
  /** Of steps. */
  readonly heap: SharedHeap;
  /** Of all lanes' lists and arrays of a step. */
  readonly lists: SharedHeap;
  /** What multiplies in place of our own kernel, and where it is from; null where nothing does. */
  readonly native: { readonly name: NativePackage; readonly product: NativeProduct } | null;
}

type HeapMemory = SharedHeap['memory'];

interface SharedProjection {
  readonly own: SharedParameter;
  readonly gradient: SharedParameter;
  readonly touched: Uint8Array;
}

/** {@link Common} as it travels to another thread: shared memory, nothing to copy. */
export interface SharedCommon {
  readonly material: Material;
  readonly parameters: readonly (readonly [ParameterName, SharedParameter])[];
  readonly projections: Readonly<Record<Side, SharedProjection>> | null;
  readonly columns: FeatureColumns | null;
  readonly heap: HeapMemory;
  readonly lists: HeapMemory;
  readonly native: NativePackage | null;
}

export function commonOf(material: Material, parameters: Parameters, native: NativePackage | null = null): Common {
  const lists = new SharedHeap();
  prepareLists(lists);
  const travels = material.features !== null && material.configuration.features === 'messages';
  return {
    material,
    parameters,
    projections: travels ? projectionsOf(material) : null,
    columns: travels ? featureColumns(material.features!) : null,
    heap: new SharedHeap(),
    lists,
    native: nativeOf(native),
  };
}

function nativeOf(name: NativePackage | null): Common['native'] {
  return name === null ? null : { name, product: NativeProduct.load(name) };
}

function projectionsOf({ graph, configuration }: Material): Readonly<Record<Side, Projection>> {
  const make = (side: Side): Projection => ({
    own: createParameter(`${side} projected`, graph.nodeCount, configuration.dimension),
    gradient: createParameter(`${side} gradient`, graph.nodeCount, configuration.dimension),
    touched: new Uint8Array(new SharedArrayBuffer(graph.nodeCount)),
  });
  const source = make('source');
  return { source, target: ownerOf('target', configuration) === 'source' ? source : make('target') };
}

/** Copies into shared memory what is not there yet. */
export function shareCommon({ material, parameters, projections, columns, heap, lists, native }: Common): SharedCommon {
  const { graph, drawable, ...rest } = material;
  const sharedProjection = ({ own, gradient, touched }: Projection): SharedProjection => ({
    own: shareParameter(own),
    gradient: shareParameter(gradient),
    touched,
  });
  return {
    material: { ...inSharedMemory(rest), drawable, graph: inSharedMemory(neededOf(graph, material)) },
    parameters: [...parameters].map(([name, parameter]) => [name, shareParameter(parameter)] as const),
    projections:
      projections === null
        ? null
        : { source: sharedProjection(projections.source), target: sharedProjection(projections.target) },
    columns: inSharedMemory(columns),
    heap: heap.memory,
    lists: lists.memory,
    native: native?.name ?? null,
  };
}

export function openCommon(shared: SharedCommon, lane: number): Common {
  const open = (parameter: SharedParameter): Parameter => openParameter(parameter, lane);
  const projection = ({ own, gradient, touched }: SharedProjection): Projection => ({
    own: open(own),
    gradient: open(gradient),
    touched,
  });
  const { projections } = shared;
  return {
    material: shared.material,
    parameters: new Map(shared.parameters.map(([name, parameter]) => [name, open(parameter)] as const)),
    projections:
      projections === null ? null : { source: projection(projections.source), target: projection(projections.target) },
    columns: shared.columns,
    heap: new SharedHeap(shared.heap),
    lists: new SharedHeap(shared.lists),
    native: nativeOf(shared.native),
  };
}

/** The arrays of a graph that an engine reads. */
function neededOf(graph: ProductGraph, { configuration }: Material): ProductGraph {
  const { bought } = graph;
  const { labels } = configuration.loss;
  const none = { words: new Uint32Array(0), floats: new Float32Array(0) };
  return {
    ...graph,
    viewed: null,
    viewers: none.words,
    bought: {
      ...bought,
      outWeights: labels === 'weight' ? bought.outWeights : none.floats,
      outCounts: labels === 'share' || labels === 'cosine' ? bought.outCounts : none.words,
      inWeights: none.floats,
      inCounts: none.words,
    },
  };
}

/** The same value with every typed array in shared memory, so that sending it copies nothing. */
function inSharedMemory<T>(value: T): T {
  if (ArrayBuffer.isView(value)) {
    const view = value as unknown as Uint8Array;
    if (view.buffer instanceof SharedArrayBuffer) return value;
    const bytes = new Uint8Array(new SharedArrayBuffer(view.byteLength));
    bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    const Kind = view.constructor as new (buffer: SharedArrayBuffer) => unknown;
    return new Kind(bytes.buffer) as T;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inSharedMemory(part)])) as T;
}
