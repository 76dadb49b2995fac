import { hasEdge } from '../graph/csr.ts';
import type { Random } from '../random.ts';
import type { Exclusions } from '../tensor/threads.ts';
import type { BladeConfiguration } from './configuration.ts';
import type { Material } from './material.ts';
import { NodeList } from './node-list.ts';

/** What a step is about, before anything is drawn around its products: which they are, and which pairs of them. */
export interface Plan {
  /** Distinct. The first `sourceCount` have a row of negatives; any beyond serve reversed pairs. */
  readonly sources: Uint32Array;
  /** Distinct. The first `negativeCount` are the columns of the negatives. */
  readonly targets: Uint32Array;
  readonly sourceCount: number;
  readonly negativeCount: number;
  /** Nodes behind each negative: (products) / negativeCount. */
  readonly negativeScale: number;
  readonly exclusions: Exclusions;
  /** Shape [pairs]: positions of the pair's ends, label in (0, 1], weight ≥ 0. Sources ascend. */
  readonly pairSource: Uint32Array;
  readonly pairTarget: Uint32Array;
  readonly labels: Float32Array;
  readonly weights: Float32Array;
  /** Sum of the weights: the loss is per positive edge. */
  readonly weightSum: number;
  readonly reversedSource: Uint32Array;
  readonly reversedTarget: Uint32Array;
}

interface Pairs {
  readonly source: Uint32Array;
  readonly sourceNode: Uint32Array;
  readonly target: Uint32Array;
  readonly targetNode: Uint32Array;
  readonly labels: Float32Array;
  readonly weights: Float32Array;
}

/** Chooses the negatives and pairs of steps. */
export class Planner {
  readonly #material: Material;
  readonly #position: Int32Array;

  constructor(material: Material) {
    this.#material = material;
    this.#position = new Int32Array(material.graph.nodeCount).fill(-1);
  }

  /**
   * @param sources the products whose rows are trained on in this step, distinct.
   * @param random the step's own stream.
   */
  plan(sources: Uint32Array, random: Random): Plan {
    const { nodeCount } = this.#material.graph;
    const { loss } = this.#material.configuration;
    const targets = new NodeList(this.#position);
    const columns = Math.min(loss.negatives, nodeCount);
    if (columns === nodeCount) for (let v = 0; v < nodeCount; v++) targets.add(v);
    else while (targets.length < columns) targets.add(random.integer(nodeCount));
    const exclusions = this.#exclusions(sources, targets, columns);
    const pairs = this.#pairs(sources, targets, random);
    const extra = new NodeList(null, sources);
    const reversed = this.#reversed(sources, pairs, extra, targets, random);
    const targetNodes = targets.nodes();
    targets.clear();
    return {
      sources: extra.nodes(),
      targets: targetNodes,
      sourceCount: sources.length,
      negativeCount: columns,
      negativeScale: nodeCount / columns,
      exclusions,
      pairSource: pairs.source,
      pairTarget: pairs.target,
      labels: pairs.labels,
      weights: pairs.weights,
      weightSum: pairs.weights.reduce((sum, w) => sum + w, 0),
      ...reversed,
    };
  }

  /** Cells of the negative matrix that are positives, or the product itself. */
  #exclusions(sources: Uint32Array, targets: NodeList, columns: number): Exclusions {
    const { outOffsets, outTargets } = this.#material.graph.bought;
    const offsets = new Uint32Array(sources.length + 1);
    const found: number[] = [];
    for (let i = 0; i < sources.length; i++) {
      const u = sources[i]!;
      const add = (node: number) => {
        const column = targets.positionOf(node);
        if (column >= 0 && column < columns) found.push(column);
      };
      add(u);
      for (let e = outOffsets[u]!; e < outOffsets[u + 1]!; e++) add(outTargets[e]!);
      offsets[i + 1] = found.length;
    }
    return { offsets, columns: Uint32Array.from(found) };
  }

  #pairs(sources: Uint32Array, targets: NodeList, random: Random): Pairs {
    const { outOffsets, outTargets, outCounts, outWeights } = this.#material.graph.bought;
    const { positivesPerSource, labels: labelKind } = this.#material.configuration.loss;
    const customers = labelKind === 'weight' ? outWeights : outCounts;
    const source: number[] = [];
    const sourceNode: number[] = [];
    const target: number[] = [];
    const targetNode: number[] = [];
    const labels: number[] = [];
    const weights: number[] = [];
    for (let i = 0; i < sources.length; i++) {
      const u = sources[i]!;
      const degree = outOffsets[u + 1]! - outOffsets[u]!;
      const edges = chooseEdges(outOffsets[u]!, degree, positivesPerSource, random);
      for (const e of edges) {
        const v = outTargets[e]!;
        source.push(i);
        sourceNode.push(u);
        target.push(targets.add(v));
        targetNode.push(v);
        labels.push(
          labelOf(labelKind, customers[e]!, this.#material.graph.buyers[u]!, this.#material.graph.buyers[v]!),
        );
        weights.push((degree / edges.length) * (this.#material.strengths?.[e] ?? 1));
      }
    }
    return {
      source: Uint32Array.from(source),
      sourceNode: Uint32Array.from(sourceNode),
      target: Uint32Array.from(target),
      targetNode: Uint32Array.from(targetNode),
      labels: Float32Array.from(labels),
      weights: Float32Array.from(weights),
    };
  }

  /** One-way edges of the batch turned round: the hard negatives that teach direction (DAEMON, equation 2). */
  #reversed(sources: Uint32Array, pairs: Pairs, extra: NodeList, targets: NodeList, random: Random) {
    const { reversedPairs, reversedWeight } = this.#material.configuration.loss;
    const reversedSource: number[] = [];
    const reversedTarget: number[] = [];
    if (reversedWeight > 0 && !this.#material.configuration.symmetric && pairs.sourceNode.length > 0) {
      const known = new Map<number, number>();
      sources.forEach((node, position) => {
        known.set(node, position);
      });
      for (let drawn = 0; drawn < reversedPairs; drawn++) {
        const p = random.integer(pairs.sourceNode.length);
        const u = pairs.sourceNode[p]!;
        const v = pairs.targetNode[p]!;
        if (hasEdge(this.#material.graph.bought, v, u)) continue;
        let position = known.get(v);
        if (position === undefined) {
          position = extra.append(v);
          known.set(v, position);
        }
        reversedSource.push(position);
        reversedTarget.push(targets.add(u));
      }
    }
    return { reversedSource: Uint32Array.from(reversedSource), reversedTarget: Uint32Array.from(reversedTarget) };
  }
}

/** Positions of edges: all of a row, or `limit` of them without replacement (partial Fisher–Yates). */
function chooseEdges(start: number, degree: number, limit: number, random: Random): Uint32Array {
  const edges = Uint32Array.from({ length: degree }, (_, j) => start + j);
  if (degree <= limit) return edges;
  for (let j = 0; j < limit; j++) {
    const k = j + random.integer(degree - j);
    const swap = edges[j]!;
    edges[j] = edges[k]!;
    edges[k] = swap;
  }
  return edges.subarray(0, limit);
}

/** Label of an edge that `count` customers took, of those who bought its ends; 1 where buyers are not known (plain edge lists). */
function labelOf(
  kind: BladeConfiguration['loss']['labels'],
  count: number,
  sourceBuyers: number,
  targetBuyers: number,
): number {
  if (kind === 'binary' || sourceBuyers === 0 || targetBuyers === 0) return 1;
  const buyers = kind === 'share' ? sourceBuyers : Math.sqrt(sourceBuyers * targetBuyers);
  return Math.min(1, count / buyers);
}
