import type { RunContext } from '../../src/context.ts';
import type { EventDataset, LinkDataset } from '../../src/metrics/index.ts';
import { loadAmazonBeauty } from './amazon-beauty.ts';
import { type DirLinkBenchName, loadDirLinkBench } from './dirlinkbench.ts';
import { loadOnlineRetail } from './online-retail.ts';

interface Options {
  readonly folder?: string;
  readonly seed: number;
}

const dirLinkBench = (name: DirLinkBenchName) => (options: Options) =>
  loadDirLinkBench(name, { ...options, tfIdf: true });

/** Every task of `oneway evaluate`, by name. */
export const evaluationData = {
  links: {
    'amazon-beauty': (options: Options) => loadAmazonBeauty(options),
    'dirlinkbench/amazon_photo': dirLinkBench('amazon_photo'),
    'dirlinkbench/cora_ml': dirLinkBench('cora_ml'),
  },
  temporal: {
    'online-retail': (options: Options, context: RunContext) => loadOnlineRetail(options, context),
  },
} as const satisfies {
  readonly links: Readonly<Record<string, (options: Options, context: RunContext) => Promise<LinkDataset>>>;
  readonly temporal: Readonly<Record<string, (options: Options, context: RunContext) => Promise<EventDataset>>>;
};
