import type { EdgeList } from './types.ts';

/**
 * Contributions are whole multiples of 2⁻²⁰, so that sums are exact in float64 and do not depend on the order of the customers.
 */
const scale = 2 ** 20;

/** A contribution > 0 in units of 2⁻²⁰; however small, never rounded down to nothing. */
export function fixedPoint(weight: number): number {
  return Math.max(1, Math.round(weight * scale));
}

/** The inverse of {@link fixedPoint}. */
export function fromFixedPoint(sum: number): number {
  return sum / scale;
}

export interface PruningLimits {
  /** Customers. */
  readonly minimumCount: number;
  readonly minimumWeight: number;
  /** Edges of a row. */
  readonly maximumDegree: number;
}

/** What pruning took, in edges. `candidates` = `kept` + the three others. */
export interface PruningReport {
  readonly candidates: number;
  readonly belowSupport: number;
  readonly belowWeight: number;
  readonly aboveDegree: number;
  readonly kept: number;
}

/* One cell of four float64 per node, so that a contribution costs one cache line. */
const stampAt = 1;
const countAt = 2;
const bestAt = 3;
const cellSize = 4;

/**
 * Builds the graph one source at a time over a dense accumulator (Gustavson's row-wise sparse product, 1978):
 * no pair is ever stored, and memory is O(nodes + edges).
 */
export class RowAccumulator {
  readonly #cells: Float64Array;
  readonly #touched: Uint32Array;
  readonly #limits: PruningLimits;
  readonly #edges: EdgeBuffer = new EdgeBuffer();
  #length = 0;
  #candidates = 0;
  #belowSupport = 0;
  #belowWeight = 0;
  #aboveDegree = 0;

  constructor(nodeCount: number, limits: PruningLimits) {
    this.#cells = new Float64Array(nodeCount * cellSize);
    this.#touched = new Uint32Array(nodeCount);
    this.#limits = limits;
  }

  /**
   * Adds one customer's contribution to the open row. Of several by the same customer the strongest counts.
   * @param stamp > 0, one per customer within a row; a customer's contributions to a row come together.
   * @param gain in fixed point, see {@link fixedPoint}.
   */
  add(target: number, stamp: number, gain: number): void {
    const cells = this.#cells;
    const cell = target * cellSize;
    if (cells[cell + stampAt] === stamp) {
      const more = gain - cells[cell + bestAt]!;
      if (more <= 0) return;
      cells[cell] = cells[cell]! + more;
      cells[cell + bestAt] = gain;
      return;
    }
    const count = cells[cell + countAt]!;
    if (count === 0) this.#touched[this.#length++] = target;
    cells[cell] = cells[cell]! + gain;
    cells[cell + stampAt] = stamp;
    cells[cell + countAt] = count + 1;
    cells[cell + bestAt] = gain;
  }

  /** Prunes the open row, appends it with ascending targets and opens the next. */
  finish(source: number): void {
    const cells = this.#cells;
    const { minimumCount, minimumWeight, maximumDegree } = this.#limits;
    const touched = this.#touched.subarray(0, this.#length);
    let kept = 0;
    for (const target of touched) {
      const cell = target * cellSize;
      if (cells[cell + countAt]! < minimumCount) this.#belowSupport++;
      else if (cells[cell]! < minimumWeight * scale) this.#belowWeight++;
      else {
        this.#touched[kept++] = target;
        continue;
      }
      this.#clear(target);
    }
    this.#candidates += touched.length;
    const survivors = this.#touched.subarray(0, kept);
    if (kept > maximumDegree) {
      survivors.sort((a, b) => cells[b * cellSize]! - cells[a * cellSize]! || a - b);
      for (const target of survivors.subarray(maximumDegree)) this.#clear(target);
      this.#aboveDegree += kept - maximumDegree;
    }
    const row = survivors.subarray(0, maximumDegree).sort();
    for (const target of row) {
      const cell = target * cellSize;
      this.#edges.push(source, target, cells[cell]! / scale, cells[cell + countAt]!);
      this.#clear(target);
    }
    this.#length = 0;
  }

  #clear(target: number): void {
    const cell = target * cellSize;
    this.#cells[cell] = 0;
    this.#cells[cell + stampAt] = 0;
    this.#cells[cell + countAt] = 0;
    this.#cells[cell + bestAt] = 0;
  }

  /** All rows, sorted by (source, target) when sources were finished in order, and what pruning took. */
  result(): { edges: EdgeList; report: PruningReport } {
    const edges = this.#edges.toEdgeList();
    return {
      edges,
      report: {
        candidates: this.#candidates,
        belowSupport: this.#belowSupport,
        belowWeight: this.#belowWeight,
        aboveDegree: this.#aboveDegree,
        kept: edges.source.length,
      },
    };
  }
}

/** An edge list that grows by half. */
export class EdgeBuffer {
  #source = new Uint32Array(1024);
  #target = new Uint32Array(1024);
  #weight = new Float32Array(1024);
  #count = new Uint32Array(1024);
  #length = 0;

  push(source: number, target: number, weight: number, count: number): void {
    const at = this.#length;
    if (at === this.#source.length) this.#grow();
    this.#source[at] = source;
    this.#target[at] = target;
    this.#weight[at] = weight;
    this.#count[at] = count;
    this.#length = at + 1;
  }

  toEdgeList(): EdgeList {
    return {
      source: this.#source.slice(0, this.#length),
      target: this.#target.slice(0, this.#length),
      weight: this.#weight.slice(0, this.#length),
      count: this.#count.slice(0, this.#length),
    };
  }

  #grow(): void {
    const capacity = Math.ceil(this.#length * 1.5);
    this.#source = grown(this.#source, new Uint32Array(capacity));
    this.#target = grown(this.#target, new Uint32Array(capacity));
    this.#weight = grown(this.#weight, new Float32Array(capacity));
    this.#count = grown(this.#count, new Uint32Array(capacity));
  }
}

function grown<T extends Uint32Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
