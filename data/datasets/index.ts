/**
 * Loaders of the public data sets that models are measured on. They read from {@link dataRoot}; nothing is downloaded or copied.
 * @module
 */
export { type AmazonBeautyOptions, loadAmazonBeauty, nodeRecommendationShares } from './amazon-beauty.ts';
export { type BagOfWordsOptions, bagOfWords } from './bag-of-words.ts';
export { type DirLinkBenchName, type DirLinkBenchOptions, loadDirLinkBench } from './dirlinkbench.ts';
export { evaluationData } from './evaluation.ts';
export { dataAbsent, dataRoot } from './files.ts';
export { loadOnlineRetail } from './online-retail.ts';
