import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { RunContext } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { EventDataset, LinkDataset } from '../../src/metrics/index.ts';
import { loadAmazonBeauty } from './amazon-beauty.ts';
import { loadDirLinkBench, readBenchmarkFolder } from './dirlinkbench.ts';
import { loadEdgeGraph } from './edge-graph.ts';
import { dataRoot } from './files.ts';
import { loadOnlineRetail } from './online-retail.ts';

interface Options {
  readonly folder?: string;
  readonly seed: number;
}

type LinkTask = (options: Options, context: RunContext) => Promise<LinkDataset>;
type TemporalTask = (options: Options, context: RunContext) => Promise<EventDataset>;

/** The part after the family's name: one folder or file, never a way out of the data folder. */
function memberOf(task: string, family: string): string | null {
  const name = task.startsWith(`${family}/`) ? task.slice(family.length + 1) : '';
  return /^[A-Za-z0-9][\w.-]*$/.test(name) ? name : null;
}

/** A file of edges, or a folder of DirLinkBench's form. */
async function byPath(task: string, { seed }: Options, context: RunContext): Promise<LinkDataset> {
  const file = path.resolve(task);
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory() === true) return readBenchmarkFolder(file, { tfIdf: true });
  if (found !== null) return loadEdgeGraph(file, { seed }, context);
  throw new OnewayError('FILE_NOT_FOUND', `${file} does not exist.`, {
    hint: 'Give the path of a list of edges, such as ./edges.csv.gz.',
    details: { file },
  });
}

/** Every task of `oneway evaluate`: some by name, others by what lies in the data folder, and any list of edges by its path. */
export const evaluationData = {
  links: {
    'amazon-beauty': (options: Options) => loadAmazonBeauty(options),
  },
  temporal: {
    'online-retail': (options: Options, context: RunContext) => loadOnlineRetail(options, context),
  },
  families: [
    {
      pattern: 'dirlinkbench/<name>',
      open: (task: string): LinkTask | null => {
        const name = memberOf(task, 'dirlinkbench');
        return name === null ? null : (options) => loadDirLinkBench(name, { ...options, tfIdf: true });
      },
    },
    {
      pattern: 'snap/<name>',
      open: (task: string): LinkTask | null => {
        const name = memberOf(task, 'snap');
        if (name === null) return null;
        return (options, context) => {
          const file = path.join(dataRoot(options.folder), 'snap', `${name}.csv.gz`);
          return loadEdgeGraph(file, { name: task, seed: options.seed }, context);
        };
      },
    },
    {
      pattern: '<path of a file of edges>',
      open: (task: string): LinkTask | null =>
        /^\.{0,2}\/|\.(?:csv|tsv|txt)(?:\.gz)?$/.test(task)
          ? (options, context) => byPath(task, options, context)
          : null,
    },
  ],
} as const satisfies {
  readonly links: Readonly<Record<string, LinkTask>>;
  readonly temporal: Readonly<Record<string, TemporalTask>>;
  readonly families: readonly { readonly pattern: string; open(task: string): LinkTask | null }[];
};
