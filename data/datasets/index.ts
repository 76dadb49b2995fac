/**
 * Loaders of the public data sets that models are measured on. They read from the folder given, else from `ONEWAY_SHARED_DATA`; nothing is downloaded or copied.
 * @module
 */
export { type AmazonBeautyOptions, loadAmazonBeauty } from './amazon-beauty.ts';
export { type BagOfWordsOptions, bagOfWords } from './bag-of-words.ts';
export { type DirLinkBenchOptions, loadDirLinkBench } from './dirlinkbench.ts';
export { type EdgeGraphOptions, loadEdgeGraph } from './edge-graph.ts';
export { type EdgeAccount, type NamedEdges, readEdgeList } from './edge-list.ts';
export { evaluationData } from './evaluation.ts';
export { loadOnlineRetail } from './online-retail.ts';
