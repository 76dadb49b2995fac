/**
 * The directed product graph: events paired into edges, edges as compressed sparse rows, and what can be read off them.
 * @module
 */
export { buildCsr, edgeIndex, edgesOf, hasEdge, inDegrees, outDegrees, reverseOf, symmetrise } from './csr.ts';
export { degreeExponent, fitPowerLaw, type PowerLaw } from './degrees.ts';
export { type EdgeSplit, type SplitShares, splitEdges } from './split.ts';
export type { CsrGraph, EdgeList, ProductGraph } from './types.ts';
