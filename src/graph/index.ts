/**
 * The directed product graph: events paired into edges, edges as compressed sparse rows, and what can be read off them.
 * @module
 */
export { type Baskets, basketsOf, purchaseBaskets } from './baskets.ts';
export type { Components } from './components.ts';
export { defaultGraphConfiguration, type GraphConfiguration, graphConfiguration } from './configuration.ts';
export { buildCsr, edgeIndex, edgesOf, hasEdge, inDegrees, outDegrees, reverseOf, rowOf, symmetrise } from './csr.ts';
export { degreeExponent, fitPowerLaw, type PowerLaw } from './degrees.ts';
export {
  type Communities,
  type DegreeBucket,
  type DescriptionOptions,
  degreeHistogram,
  describeGraph,
  type GraphDescription,
  type Hub,
} from './description.ts';
export { readGraph, writeGraph } from './file.ts';
export {
  graphologyEdgeLimit,
  type NeighbourAttributes,
  type NeighbourEdgeAttributes,
  type Neighbourhood,
  type NeighbourhoodOptions,
  neighbourhood,
  toGraphology,
} from './neighbourhood.ts';
export { buildProductGraph, type PairingReport, type PairingResult, pairEvents } from './pairing.ts';
export { isPlainList } from './plain-list.ts';
export type { PurchasePruningReport } from './purchase-row.ts';
export type { BoughtReport } from './purchases.ts';
export type { PruningReport } from './rows.ts';
export { type EdgeSplit, type SplitShares, splitEdges } from './split.ts';
export type { CsrGraph, EdgeList, ProductGraph } from './types.ts';
export type { ViewedReport } from './views.ts';
