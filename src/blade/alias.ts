import { OnewayError } from '../errors.ts';

/**
 * Alias tables of CSR rows (Walker, 1977; built as Vose, 1991): a neighbour with p ∝ weight from one random number and one cell.
 * A cell is two words: the neighbour; and, for rows of more than one, its alias in the low b bits with its threshold in the other 32 − b, b being the
 * bits of degree − 1. So a share is exact to 2^(b − 33) of the row's mean.
 *
 * @param offsets shape [n + 1].
 * @param rows shape [edges]; below n.
 * @param weights shape [n]: of the nodes as neighbours.
 * @param cells shape [edges, 2]; written.
 * @throws OnewayError `GRAPH_INVALID` where a weight is not finite and above zero.
 */
export function writeAliasCells(
  offsets: Uint32Array,
  rows: Uint32Array,
  weights: Float32Array,
  cells: Uint32Array,
): void {
  checkWeights(weights);
  const nodeCount = offsets.length - 1;
  let longest = 0;
  for (let u = 0; u < nodeCount; u++) longest = Math.max(longest, offsets[u + 1]! - offsets[u]!);
  const shares = new Float64Array(longest);
  const poor = new Uint32Array(longest);
  const rich = new Uint32Array(longest);
  for (let u = 0; u < nodeCount; u++) {
    const start = offsets[u]!;
    const degree = offsets[u + 1]! - start;
    if (degree === 0) continue;
    const aliasRange = degree === 1 ? 1 : 2 ** (32 - Math.clz32(degree - 1));
    const thresholds = 4294967296 / aliasRange;
    let sum = 0;
    for (let j = 0; j < degree; j++) sum += weights[rows[start + j]!]!;
    let poorCount = 0;
    let richCount = 0;
    for (let j = 0; j < degree; j++) {
      shares[j] = (weights[rows[start + j]!]! * degree) / sum;
      if (shares[j]! < 1) poor[poorCount++] = j;
      else rich[richCount++] = j;
    }
    const write = (column: number, share: number, alias: number): void => {
      const threshold = Math.min(Math.max(Math.round(share * thresholds), 1), thresholds - 1);
      cells[2 * (start + column)] = rows[start + column]!;
      cells[2 * (start + column) + 1] = threshold * aliasRange + alias;
    };
    while (poorCount > 0 && richCount > 0) {
      const giver = rich[richCount - 1]!;
      const taker = poor[--poorCount]!;
      write(taker, shares[taker]!, giver);
      shares[giver] = shares[giver]! - (1 - shares[taker]!);
      if (shares[giver]! < 1) {
        richCount--;
        poor[poorCount++] = giver;
      }
    }
    while (richCount > 0) write(rich[--richCount]!, 1, rich[richCount]!);
    while (poorCount > 0) write(poor[--poorCount]!, 1, poor[poorCount]!);
  }
}

function checkWeights(weights: Float32Array): void {
  const bad = weights.findIndex((weight) => !(weight > 0 && weight < Number.POSITIVE_INFINITY));
  if (bad < 0) return;
  throw new OnewayError('GRAPH_INVALID', `Product ${bad} has the weight ${weights[bad]} as a neighbour.`, {
    hint: 'Weights of draws are finite and above zero: bring neighbourhood.bias nearer to 0.',
    details: { product: bad, weight: weights[bad] },
  });
}
