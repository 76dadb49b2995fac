import type { GraphConfiguration } from './configuration.ts';
import { EdgeBuffer, fixedPoint, fromFixedPoint, type PruningReport } from './rows.ts';
import type { EdgeList } from './types.ts';

export interface PurchasePruningReport extends PruningReport {
  /** Edges that run against the order in which customers buy. */
  readonly againstOrder: number;
  /** Edges that chance explains: as popular products as these follow u about as often as any product. */
  readonly byChance: number;
}

/* One cell of eight float64 per node: a cache line. */
const weightAt = 0;
const stampAt = 1;
const countAt = 2;
const bestAt = 3;
const togetherAt = 4;
const togetherCountAt = 5;
const beforeCountAt = 6;
const beforeStampAt = 7;
const cellSize = 8;

/**
 * Pseudo-customers on either side of an order: (after + 1) / (after + before + 2) is the posterior mean of "v comes
 * after u" under a uniform prior (Laplace's rule of succession).
 */
function orderShare(after: number, before: number): number {
  return (after + 1) / (after + before + 2);
}

/**
 * One source's out-edges over a dense accumulator (Gustavson, 1978), from three kinds of evidence per target v:
 * customers who bought v after u, in the same moment, and before. What was bought in the same moment carries no order
 * of its own: it counts for u→v in the share that the ordered purchases of the pair give that direction.
 */
export class PurchaseRows {
  readonly #cells: Float64Array;
  readonly #touched: Uint32Array;
  readonly #configuration: GraphConfiguration;
  readonly #discount: Float64Array;
  /** Shape [nodes]: each product's share of all (customer, product) purchases. */
  readonly #popularity: Float64Array;
  readonly #edges = new EdgeBuffer();
  #length = 0;
  readonly #report = { candidates: 0, belowSupport: 0, belowWeight: 0, againstOrder: 0, byChance: 0, aboveDegree: 0 };

  /** @param buyers shape [nodes]: customers behind each product, for the discount of popularity. */
  constructor(buyers: Uint32Array, configuration: GraphConfiguration) {
    this.#cells = new Float64Array(buyers.length * cellSize);
    this.#touched = new Uint32Array(buyers.length);
    this.#configuration = configuration;
    this.#discount = Float64Array.from(buyers, (count) => Math.max(count, 1) ** -configuration.popularityDiscount);
    const total = buyers.reduce((sum, count) => sum + count, 0);
    this.#popularity = Float64Array.from(buyers, (count) => Math.max(count, 1) / Math.max(total, 1));
  }

  /**
   * A customer bought (or viewed, …) v after u. Of several times by one customer the strongest counts.
   * @param stamp > 0, one per customer within a row; a customer's contributions to a row come together.
   * @param gain > 0 in fixed point.
   */
  addAfter(target: number, stamp: number, gain: number): void {
    const cells = this.#cells;
    const cell = target * cellSize;
    if (cells[cell + stampAt] === stamp) {
      const more = gain - cells[cell + bestAt]!;
      if (more <= 0) return;
      cells[cell]! += more;
      cells[cell + bestAt] = gain;
      return;
    }
    this.#touch(target);
    cells[cell + weightAt]! += gain;
    cells[cell + stampAt] = stamp;
    cells[cell + countAt]! += 1;
    cells[cell + bestAt] = gain;
  }

  /** A customer bought v in the same moment as u; after {@link addAfter} of the same customer it adds weight but no customer. */
  addTogether(target: number, stamp: number, gain: number): void {
    const cells = this.#cells;
    const cell = target * cellSize;
    this.#touch(target);
    cells[cell + togetherAt]! += gain;
    if (cells[cell + stampAt] === stamp) return;
    cells[cell + stampAt] = stamp;
    cells[cell + bestAt] = Number.POSITIVE_INFINITY;
    cells[cell + togetherCountAt]! += 1;
  }

  /** A customer bought v before u. No edge of this row comes from it, only the order. */
  addBefore(target: number, stamp: number): void {
    const cells = this.#cells;
    const cell = target * cellSize;
    if (cells[cell + beforeStampAt] === stamp) return;
    this.#touch(target);
    cells[cell + beforeStampAt] = stamp;
    cells[cell + beforeCountAt]! += 1;
  }

  #touch(target: number): void {
    const cells = this.#cells;
    const cell = target * cellSize;
    const used = cells[cell + countAt]! + cells[cell + togetherCountAt]! + cells[cell + beforeCountAt]!;
    if (used === 0 && cells[cell + togetherAt] === 0) this.#touched[this.#length++] = target;
  }

  /** Customers behind u→v: those in order, and of those in the same moment the share of the order. */
  #support(target: number): number {
    const cell = target * cellSize;
    const after = this.#cells[cell + countAt]!;
    if (this.#configuration.togetherWeight === 0) return after;
    return after + orderShare(after, this.#cells[cell + beforeCountAt]!) * this.#cells[cell + togetherCountAt]!;
  }

  /** Why an edge does not stay, or null. */
  #fault(target: number, rowSupport: number): 'againstOrder' | 'belowSupport' | 'belowWeight' | 'byChance' | null {
    const { minimumSupport, minimumWeight, minimumOrderShare, minimumSurprise } = this.#configuration;
    const cell = target * cellSize;
    const support = this.#support(target);
    if (orderShare(this.#cells[cell + countAt]!, this.#cells[cell + beforeCountAt]!) < minimumOrderShare)
      return 'againstOrder';
    if (support < minimumSupport) return 'belowSupport';
    if (minimumWeight > 0 && this.#cells[cell]! < fixedPoint(minimumWeight)) return 'belowWeight';
    if (minimumSurprise === 0) return null;
    const expected = rowSupport * this.#popularity[target]!;
    return support < expected + minimumSurprise * Math.sqrt(expected) ? 'byChance' : null;
  }

  /** Prunes the open row, appends it with ascending targets and opens the next. */
  finish(source: number): void {
    const cells = this.#cells;
    const { togetherWeight, maximumOutDegree } = this.#configuration;
    const report = this.#report;
    let rowSupport = 0;
    for (const target of this.#touched.subarray(0, this.#length)) rowSupport += this.#support(target);
    let kept = 0;
    for (const target of this.#touched.subarray(0, this.#length)) {
      const cell = target * cellSize;
      const after = cells[cell + countAt]!;
      cells[cell]! += orderShare(after, cells[cell + beforeCountAt]!) * cells[cell + togetherAt]!;
      if (after + cells[cell + togetherCountAt]! > 0) {
        report.candidates++;
        const fault = this.#fault(target, rowSupport);
        if (fault === null) {
          this.#touched[kept++] = target;
          continue;
        }
        report[fault]++;
      }
      this.#clear(target);
    }
    const survivors = this.#touched.subarray(0, kept);
    if (kept > maximumOutDegree) {
      const strength = (target: number) => cells[target * cellSize]! * this.#discount[target]!;
      survivors.sort((a, b) => strength(b) - strength(a) || a - b);
      for (const target of survivors.subarray(maximumOutDegree)) this.#clear(target);
      report.aboveDegree += kept - maximumOutDegree;
    }
    for (const target of survivors.subarray(0, maximumOutDegree).sort()) {
      const cell = target * cellSize;
      const customers = cells[cell + countAt]! + (togetherWeight === 0 ? 0 : cells[cell + togetherCountAt]!);
      this.#edges.push(source, target, fromFixedPoint(cells[cell]!), customers);
      this.#clear(target);
    }
    this.#length = 0;
  }

  #clear(target: number): void {
    const cells = this.#cells;
    const cell = target * cellSize;
    cells[cell + weightAt] = 0;
    cells[cell + stampAt] = 0;
    cells[cell + countAt] = 0;
    cells[cell + bestAt] = 0;
    cells[cell + togetherAt] = 0;
    cells[cell + togetherCountAt] = 0;
    cells[cell + beforeCountAt] = 0;
    cells[cell + beforeStampAt] = 0;
  }

  /** All rows, sorted by (source, target) when sources were finished in order, and what pruning took. */
  result(): { edges: EdgeList; report: PurchasePruningReport } {
    const edges = this.#edges.toEdgeList();
    return { edges, report: { ...this.#report, kept: edges.source.length } };
  }
}
