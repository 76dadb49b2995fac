import { solvePositive } from '../cholesky.ts';
import { type RunContext, throwIfAborted } from '../context.ts';
import type { EventLog } from '../events/types.ts';
import { purchaseBaskets } from './baskets.ts';
import type { EdgeList } from './types.ts';

/** Sources of one target that explain it together; of more, the strongest edges'. The work grows with its cube. */
const mostSources = 512;
/** Weight of an edge that others explain altogether: edges are above 0. */
const least = 1e-6;
const chunk = 256;

/**
 * Weights of edges with what other edges into the same target explain taken out. For each v the customers who bought it are regressed on those who bought the sources of its edges,
 *
 *     min ‖b_v − Σ_u β_uv b_u‖² + λ ‖β‖²,   b_x[customer] = 1 where the customer bought x,
 *
 * which is EASE (Steck, WWW 2019) with the graph's edges for its pairs: of ten mugs that are bought together each has a tenth of the say. Weights are max(β_uv, 0) · √(buyers of u · buyers of v), in such units that
 * weight / √(…) has the mean of the edges' cosines, count / √(…).
 *
 * @param buyers shape [products]: distinct customers, all of the log's.
 * @param penalty λ > 0, in customers.
 * @returns shape [edges]. Sums are of whole numbers: customers in any order give the same bytes.
 * @throws OnewayError `ABORTED` on the signal.
 */
export function regressionWeights(
  edges: EdgeList,
  log: EventLog,
  buyers: Uint32Array,
  penalty: number,
  context: Pick<RunContext, 'progress' | 'signal'>,
): Float32Array {
  const baskets = purchaseBaskets(log);
  const byTarget = edgesByTarget(edges, log.productCount);
  const coefficients = new Float64Array(edges.source.length);
  const place = new Int32Array(log.productCount).fill(-1);
  const met = new Int32Array(log.customerCount).fill(-1);
  const found = new Int32Array(mostSources);
  context.progress.start('Regress purchases', { total: log.productCount, unit: 'products' });
  for (let v = 0; v < log.productCount; v++) {
    if (v % chunk === 0) {
      throwIfAborted(context.signal);
      context.progress.update(v);
    }
    const into = strongest(edges, byTarget.edges.subarray(byTarget.offsets[v]!, byTarget.offsets[v + 1]!));
    const size = into.length;
    if (size === 0) continue;
    const gram = new Float64Array(size * size);
    const right = new Float64Array(size);
    into.forEach((edge, i) => {
      place[edges.source[edge]!] = i;
    });
    for (const edge of into) {
      const u = edges.source[edge]!;
      for (let k = baskets.inverseOffsets[u]!; k < baskets.inverseOffsets[u + 1]!; k++) {
        const customer = baskets.inverseBaskets[k]!;
        if (met[customer] === v) continue;
        met[customer] = v;
        let length = 0;
        let bought = 0;
        for (let p = baskets.offsets[customer]!; p < baskets.offsets[customer + 1]!; p++) {
          const product = baskets.products[p]!;
          if (product === v) bought = 1;
          if (place[product]! >= 0) found[length++] = place[product]!;
        }
        for (let a = 0; a < length; a++) {
          const row = found[a]! * size;
          right[found[a]!]! += bought;
          for (let b = 0; b < length; b++) gram[row + found[b]!]!++;
        }
      }
    }
    for (let i = 0; i < size; i++) gram[i * size + i]! += penalty;
    solvePositive(gram, right);
    into.forEach((edge, i) => {
      coefficients[edge] = Math.max(right[i]!, 0);
      place[edges.source[edge]!] = -1;
    });
  }
  context.progress.end();
  return inCustomers(edges, coefficients, buyers);
}

function inCustomers({ source, target, count }: EdgeList, coefficients: Float64Array, buyers: Uint32Array) {
  const roots = Float64Array.from(source, (u, e) => Math.sqrt(buyers[u]! * buyers[target[e]!]!));
  const explained = coefficients.reduce((sum, one) => sum + one, 0);
  const counted = roots.reduce((sum, root, e) => sum + count[e]! / root, 0);
  const unit = explained > 0 ? counted / explained : 0;
  return Float32Array.from(coefficients, (one, e) => Math.max(unit * one * roots[e]!, least));
}

/** Ascending edges, at most {@link mostSources}. */
function strongest({ weight }: EdgeList, edges: Uint32Array): Uint32Array {
  if (edges.length <= mostSources) return edges;
  return edges
    .slice()
    .sort((a, b) => weight[b]! - weight[a]! || a - b)
    .subarray(0, mostSources)
    .sort();
}

/** Edges by their target, ascending. */
function edgesByTarget({ target }: EdgeList, productCount: number) {
  const offsets = new Uint32Array(productCount + 1);
  for (const v of target) offsets[v + 1]!++;
  for (let v = 0; v < productCount; v++) offsets[v + 1]! += offsets[v]!;
  const edges = new Uint32Array(target.length);
  const cursor = offsets.slice();
  target.forEach((v, e) => {
    edges[cursor[v]!++] = e;
  });
  return { offsets, edges };
}
