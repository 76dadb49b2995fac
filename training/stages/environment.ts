import { join } from 'node:path';
import type { RunContext } from '../../src/context.ts';
import type { IngestRequest } from '../../src/events/index.ts';
import type { Workspace } from '../../src/release/index.ts';
import type { Backend, BackendPreference } from '../../src/tensor/index.ts';
import type { RefreshConfiguration } from '../configuration.ts';
import type { Journals } from '../journals.ts';
import type { Stage } from '../pipeline/index.ts';

/** An input file as it was when the refresh began; another size or time makes another run. */
export interface FileSignature {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** What every stage of a refresh is given. */
export interface RefreshEnvironment {
  readonly source: IngestRequest;
  readonly files: readonly FileSignature[];
  /** When the oldest catalogue file was written, in epoch milliseconds; null without any. */
  readonly catalogueAsOf: number | null;
  /** Hash of all that decides the run, but for the journals. */
  readonly base: string;
  /** What the workspace's own journals add. */
  readonly journals: Journals;
  readonly configuration: RefreshConfiguration;
  readonly seed: number;
  readonly backendPreference: BackendPreference;
  readonly workspace: Workspace;
  readonly run: string;
  /** Folder of the run: every finished stage has a folder of its name in it. */
  readonly folder: string;
  readonly context: RunContext;
  /** Opened at the first call; TensorFlow.js has one engine per process. */
  readonly backend: () => Promise<Backend>;
}

export type RefreshStage = Stage<RefreshEnvironment>;

/** Files that stages leave for later ones: stage folder, file name. */
const files = {
  ingestReport: ['ingest', 'ingest.json'],
  feedback: ['ingest', 'feedback.ndjson'],
  feedbackFigures: ['ingest', 'feedback.json'],
  fullGraph: ['graph', 'graph.safetensors'],
  trainGraph: ['graph', 'train-graph.safetensors'],
  heldOut: ['graph', 'held-out.safetensors'],
  features: ['graph', 'features.safetensors'],
  encoder: ['graph', 'encoder.json'],
  pairing: ['graph', 'pairing.json'],
  graphFigures: ['graph', 'figures.json'],
  dataFigures: ['graph', 'data.json'],
  model: ['train', 'model.safetensors'],
  history: ['train', 'history.json'],
  embeddings: ['embed', 'embeddings.safetensors'],
  trainEmbeddings: ['embed', 'train-embeddings.safetensors'],
  index: ['index', 'index.hnsw'],
  indexFigures: ['index', 'figures.json'],
  lists: ['lists', 'lists.safetensors'],
  listFigures: ['lists', 'figures.json'],
  products: ['lists', 'products.safetensors'],
  lookup: ['lists', 'lookup.safetensors'],
  evaluation: ['evaluate', 'evaluation.json'],
  report: ['report', 'report.html'],
  reportData: ['report', 'report.json'],
  gates: ['report', 'gates.json'],
  published: ['publish', 'published.json'],
} as const;

export type RunFile = keyof typeof files;

/** Name of a file inside its stage's folder. */
export function nameOf(file: RunFile): string {
  return files[file][1];
}

/** Path of a file that a finished stage left. */
export function pathOf(environment: Pick<RefreshEnvironment, 'folder'>, file: RunFile): string {
  return join(environment.folder, ...files[file]);
}
