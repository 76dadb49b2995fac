import { type Parameter, parameterSums, type References } from '../../tensor/threads.ts';
import type { Material } from '../material.ts';
import { ownerOf, type Parameters } from '../parameters.ts';
import { viewedReferences } from '../references.ts';
import { RowSet } from '../rows.ts';
import { NeighbourhoodSampler, type Side } from '../sampler.ts';
import { walkRule } from '../walk-rule.ts';
import { add } from './encode.ts';
import { featuresOf } from './features.ts';
import type { Range } from './ranges.ts';
import { tablesOf } from './tables.ts';

/** What walks bring a product from its neighbours on, by the side on which it is come to. Shapes [products, d]. */
export type Reach = Readonly<Record<Side, Parameter>>;

const chunk = 1024;

/**
 * Embeddings as they are served. What training takes from drawn walks is their exact mean here, of all walks at once: with
 * N = D_out^−½ A D_in^−½, profile p, gates g and the share s of steps that stay on their side,
 *
 *     S_h = p_h g_s own_s + (1 − s) N T_{h+1} + s Nᵀ S_{h+1}     (on source sides; S_{H+1} = T_{H+1} = 0)
 *     T_h = p_h g_t own_t + (1 − s) Nᵀ S_{h+1} + s N T_{h+1}     (on target sides)
 *     walks(source) = (1 − s) N T_1 + s Nᵀ S_1,  walks(target) = (1 − s) Nᵀ S_1 + s N T_1
 *
 * for all products hop by hop: O(edges · hops), where drawing takes O(products · walks · hops). Every row is summed by itself in a
 * fixed order: shards and threads do not change a bit.
 */
export class Inference {
  readonly #material: Material;
  readonly #projected: Readonly<Record<Side, Parameter>> | null;
  readonly #parameters: Parameters;
  readonly #samplers = new Map<string, NeighbourhoodSampler>();
  readonly #whole = new RowSet(new Int32Array(0), true);
  readonly #inverseOut: Float32Array;
  readonly #inverseIn: Float32Array;
  readonly #scratch = new Scratch();

  constructor(material: Material, parameters: Parameters, projected: Readonly<Record<Side, Parameter>> | null) {
    this.#material = material;
    this.#parameters = parameters;
    this.#projected = projected;
    const { outOffsets, inOffsets } = material.graph.bought;
    this.#inverseOut = inverseRoots(outOffsets);
    this.#inverseIn = inverseRoots(inOffsets);
  }

  /**
   * One hop, S_h and T_h of the side's encoder for a range of products, divided by the roots of the degrees by which the next hop weighs them.
   * @param from the hop after it; null for the last.
   */
  propagate(side: Side, hop: number, from: Reach | null, to: Reach, { first, last }: Range): void {
    const { tables, dimension, stay, profile } = this.#of(side);
    const forwards = this.#scratch.floats('forwards', chunk * dimension);
    const backwards = this.#scratch.floats('backwards', chunk * dimension);
    if (from === null) for (const nothing of [forwards, backwards]) nothing.fill(0);
    for (let start = first; start < last; start += chunk) {
      const range = { first: start, last: Math.min(start + chunk, last) };
      if (from !== null) this.#step(from, range, forwards, backwards);
      for (const end of ['source', 'target'] as const) {
        const own = tables.own[end]?.values ?? null;
        const [crossing, staying] = end === 'source' ? [forwards, backwards] : [backwards, forwards];
        const weights = { own: profile[hop - 1]! * tables.gates[end], crossing: 1 - stay, staying: stay };
        const roots = end === 'source' ? this.#inverseOut : this.#inverseIn;
        blend(to[end].values, own, crossing, staying, weights, roots, range, dimension);
      }
    }
  }

  /**
   * Embeddings of a range of products.
   * @param reach what {@link propagate} made of hop 1; null where there are no walks.
   * @param to shape [last − first, d + 2]: [e_s, b_s + b₀, 1] or [e_t, 1, b_t].
   */
  embed(side: Side, seed: number, reach: Reach | null, { first, last }: Range, to: Float32Array): void {
    const { dimension } = this.#of(side);
    for (let start = first; start < last; start += chunk) {
      const end = Math.min(start + chunk, last);
      const rows = to.subarray((start - first) * (dimension + 2), (end - first) * (dimension + 2));
      this.#embed(side, seed, reach, { first: start, last: end }, rows);
    }
  }

  #of(side: Side) {
    const { configuration } = this.#material;
    const { profile } = walkRule(configuration.neighbourhood);
    const { dimension, neighbourhood } = configuration;
    const tables = tablesOf(this.#parameters, this.#projected, side, configuration);
    return { tables, dimension, stay: neighbourhood.stay, profile };
  }

  /** forwards = N · T_{h+1}, backwards = Nᵀ · S_{h+1}, of a range of rows. */
  #step(from: Reach, range: Range, forwards: Float32Array, backwards: Float32Array): void {
    const { outOffsets, outTargets, inOffsets, inSources } = this.#material.graph.bought;
    sumRows(from.target, outOffsets, outTargets, this.#inverseOut, range, forwards, this.#scratch);
    sumRows(from.source, inOffsets, inSources, this.#inverseIn, range, backwards, this.#scratch);
  }

  #embed(side: Side, seed: number, reach: Reach | null, range: Range, to: Float32Array): void {
    const { tables, dimension } = this.#of(side);
    const { features, viewed } = this.#material;
    const nodes = this.#scratch.words('nodes', range.last - range.first);
    for (let i = 0; i < nodes.length; i++) nodes[i] = range.first + i;
    const sampled = this.#sampler(tables.owner, seed).sample(nodes, 0);
    const size = nodes.length * dimension;
    const sum = this.#scratch.floats('sum', size).fill(0);
    const part = this.#scratch.floats('part', size);
    const include = (table: Parameter | null, references: References, by: number) => {
      if (table === null || references.indices.length === 0) return;
      parameterSums(table, references, part);
      add(sum, part, by);
    };
    const { near, nearOffsets, nearDegrees, across, acrossOffsets, acrossDegrees } = sampled;
    include(
      tables.near,
      { offsets: nearOffsets, indices: near, weights: this.#rowWeights(nearOffsets, nearDegrees) },
      1,
    );
    const acrossWeights = this.#rowWeights(acrossOffsets, acrossDegrees);
    include(tables.across, { offsets: acrossOffsets, indices: across, weights: acrossWeights }, 1);
    const own = tables.own[tables.owner];
    if (own !== null) add(sum, own.values.subarray(range.first * dimension, range.last * dimension), tables.gates.own);
    if (features !== null && tables.features !== null) {
      include(tables.features, featuresOf(features, nodes, null), tables.gates.own);
    }
    if (viewed !== null) {
      const rows = {
        own: { source: this.#whole, target: this.#whole },
        near: this.#whole,
        across: this.#whole,
        viewed: this.#whole,
      };
      const seen = viewedReferences(nodes, viewed, rows, tables.owner);
      include(own, seen.own, tables.gates.viewed);
      include(tables.viewed, seen.messages, 1);
    }
    if (reach !== null) this.#addWalks(side, reach, range, nearDegrees, sum);
    const offset = this.#parameters.get('offset')!.values[0]!;
    const width = dimension + 2;
    for (let i = 0; i < nodes.length; i++) {
      const bias = tables.bias.values[nodes[i]!]!;
      to.set(sum.subarray(i * dimension, (i + 1) * dimension), i * width);
      to[i * width + dimension] = side === 'source' ? bias + offset : 1;
      to[i * width + dimension + 1] = side === 'source' ? 1 : bias;
    }
  }

  #addWalks(side: Side, reach: Reach, range: Range, degrees: Uint32Array, sum: Float32Array): void {
    const { dimension, stay } = this.#of(side);
    const forwards = this.#scratch.floats('forwards', sum.length);
    const backwards = this.#scratch.floats('backwards', sum.length);
    this.#step(reach, range, forwards, backwards);
    const onSource = this.#ownerOf(side) === 'source';
    const [crossing, staying] = onSource ? [forwards, backwards] : [backwards, forwards];
    for (let i = 0; i < degrees.length; i++) {
      const share = this.#shareOf(degrees[i]!);
      addRow(sum, crossing, share * (1 - stay), staying, share * stay, i * dimension, (i + 1) * dimension);
    }
  }

  /** √degree / drawn for every reference of a row. */
  #rowWeights(offsets: Uint32Array, degrees: Uint32Array): Float32Array {
    const weights = this.#scratch.floats('weights', offsets.at(-1)!);
    for (let i = 0; i < degrees.length; i++) {
      const drawn = offsets[i + 1]! - offsets[i]!;
      weights.fill(drawn === 0 ? 0 : Math.sqrt(degrees[i]!) / drawn, offsets[i], offsets[i + 1]);
    }
    return weights;
  }

  #ownerOf(side: Side): Side {
    return ownerOf(side, this.#material.configuration);
  }

  /** φ = fill / (fill + degree): as the sampler's. */
  #shareOf(degree: number): number {
    const { graph, configuration } = this.#material;
    const { strategy, fill } = configuration.neighbourhood;
    const mean = graph.bought.edgeCount / Math.max(graph.nodeCount, 1);
    return fill / (fill + (strategy === 'fixed' ? mean : degree));
  }

  /** Of neighbours alone: walks are not drawn. */
  #sampler(owner: Side, seed: number): NeighbourhoodSampler {
    const { drawable, rule, configuration } = this.#material;
    const name = `${owner} ${seed}`;
    const known = this.#samplers.get(name);
    if (known !== undefined) return known;
    const made = new NeighbourhoodSampler(drawable, owner, rule, { ...configuration.neighbourhood, hops: 1 }, seed);
    this.#samplers.set(name, made);
    return made;
  }
}

/** to = roots · (w_o own + w_c crossing + w_s staying), row by row; `to` and `own` are of all products, the others of the range. */
function blend(
  to: Float32Array,
  own: Float32Array | null,
  crossing: Float32Array,
  staying: Float32Array,
  weights: { readonly own: number; readonly crossing: number; readonly staying: number },
  roots: Float32Array,
  { first, last }: Range,
  dimension: number,
): void {
  for (let row = first; row < last; row++) {
    const root = roots[row]!;
    const [w, x, y] = [root * weights.own, root * weights.crossing, root * weights.staying];
    const start = row * dimension;
    const back = first * dimension;
    const end = start + dimension;
    if (own === null) for (let c = start; c < end; c++) to[c] = x * crossing[c - back]! + y * staying[c - back]!;
    else for (let c = start; c < end; c++) to[c] = w * own[c]! + x * crossing[c - back]! + y * staying[c - back]!;
  }
}

/** to += by · from + more · other, on the positions start … end − 1 of all three. */
function addRow(
  to: Float32Array,
  from: Float32Array,
  by: number,
  other: Float32Array,
  more: number,
  start: number,
  end: number,
): void {
  for (let c = start; c < end; c++) to[c]! += by * from[c]! + more * other[c]!;
}

/** Sums over the neighbours of a range of products, each times the root of its row. */
function sumRows(
  table: Parameter,
  offsets: Uint32Array,
  nodes: Uint32Array,
  roots: Float32Array,
  { first, last }: Range,
  to: Float32Array,
  scratch: Scratch,
): void {
  const start = offsets[first]!;
  const own = scratch.words('own', last - first + 1);
  const weights = scratch.floats('weights', offsets[last]! - start);
  own[0] = 0;
  for (let i = first; i < last; i++) {
    own[i - first + 1] = offsets[i + 1]! - start;
    weights.fill(roots[i]!, offsets[i]! - start, offsets[i + 1]! - start);
  }
  parameterSums(table, { offsets: own, indices: nodes.subarray(start, offsets[last]!), weights }, to);
}

/** degree^−½ of every row; 0 of an empty one. */
function inverseRoots(offsets: Uint32Array): Float32Array {
  const roots = new Float32Array(offsets.length - 1);
  for (let i = 0; i < roots.length; i++) {
    const degree = offsets[i + 1]! - offsets[i]!;
    roots[i] = degree === 0 ? 0 : 1 / Math.sqrt(degree);
  }
  return roots;
}

/** Arrays that are used again, whatever they hold: new ones of this size are new pages from the system each time. */
class Scratch {
  readonly #rooms = new Map<string, ArrayBuffer>();

  floats(name: string, length: number): Float32Array {
    return new Float32Array(this.#room(name, 4 * length), 0, length);
  }

  words(name: string, length: number): Uint32Array {
    return new Uint32Array(this.#room(name, 4 * length), 0, length);
  }

  #room(name: string, bytes: number): ArrayBuffer {
    const known = this.#rooms.get(name);
    if (known !== undefined && known.byteLength >= bytes) return known;
    const room = new ArrayBuffer(bytes);
    this.#rooms.set(name, room);
    return room;
  }
}
