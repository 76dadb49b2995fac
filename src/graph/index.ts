/**
 * The directed product graph: events paired into edges, edges as compressed sparse rows, and what can be read off them.
 * @module
 */
export { defaultGraphConfiguration, type GraphConfiguration, graphConfiguration } from './configuration.ts';
export { buildCsr, edgeIndex, edgesOf, hasEdge, inDegrees, outDegrees, reverseOf, symmetrise } from './csr.ts';
export { degreeExponent, fitPowerLaw, type PowerLaw } from './degrees.ts';
export { buildProductGraph, type PairingReport, type PairingResult, pairEvents } from './pairing.ts';
export type { BoughtReport } from './purchases.ts';
export type { PruningReport } from './rows.ts';
export { type EdgeSplit, type SplitShares, splitEdges } from './split.ts';
export type { CsrGraph, EdgeList, ProductGraph } from './types.ts';
export type { ViewedReport } from './views.ts';
