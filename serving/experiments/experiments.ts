import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { Workspace } from '../../src/release/index.ts';
import { writeJson } from '../../src/storage/index.ts';
import type { LoadedRelease, Releases } from '../releases.ts';
import { checkExperiments, type Experiment, readExperiments, variantOf } from './experiment.ts';

/** Requests without a visitor, and none with one, that are worth a word. */
const namelessEnough = 1000;

/** What answers a visitor. */
export interface Choice {
  readonly release: LoadedRelease;
  /** `<experiment>.<variant>`; null outside an experiment. */
  readonly variant: string | null;
  /** Name of the variant's rule set; null for none. */
  readonly rules: string | null;
}

/**
 * The experiments of a workspace, in its file `experiments.json`: edited by hand or by the admin API, and looked at as often as for new releases.
 * A file that does not fit is logged and leaves those before in force.
 */
export class Experiments {
  readonly #path: string;
  readonly #releases: Releases;
  readonly #ruleSets: ReadonlySet<string>;
  readonly #context: RunContext;
  #experiments: readonly Experiment[] = [];
  #running: Experiment | null = null;
  #fingerprint = '';
  /** Requests since the running experiment began that named no visitor; null once one did, or it was said. */
  #nameless: number | null = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param ruleSets ids of the rule sets that variants may name */
  constructor(workspace: Workspace, releases: Releases, ruleSets: ReadonlySet<string>, context: RunContext) {
    this.#path = join(workspace.root, 'experiments.json');
    this.#releases = releases;
    this.#ruleSets = ruleSets;
    this.#context = context;
  }

  list(): readonly Experiment[] {
    return this.#experiments;
  }

  /**
   * What answers a visitor: the variant of the running experiment, or the current release for a visitor who takes no part or is not known, and where the variant's
   * release is not in service.
   * @throws OnewayError `NOT_READY` until a release is loaded.
   */
  choose(visitor: string | undefined): Choice {
    const current = this.#releases.current();
    const outside: Choice = { release: current, variant: null, rules: null };
    const experiment = this.#running;
    if (experiment === null) return outside;
    if (visitor === undefined || visitor === '') {
      this.#countNameless(experiment);
      return outside;
    }
    this.#nameless = null;
    const variant = variantOf(experiment, visitor);
    if (variant === null) return outside;
    const release = variant.release === null ? current : this.#releases.loaded(variant.release);
    if (release === null) return outside;
    return { release, variant: `${experiment.name}.${variant.name}`, rules: variant.rules };
  }

  /** @throws OnewayError `EXPERIMENT_UNKNOWN` */
  get(name: string): Experiment {
    const found = this.#experiments.find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new OnewayError('EXPERIMENT_UNKNOWN', `There is no experiment ${name}.`, {
      hint: 'GET /v1/admin/experiments lists those there are.',
    });
  }

  /** Adds or replaces one. @throws OnewayError `REQUEST_INVALID`, `STORAGE_FULL`. */
  put(experiment: Experiment): Promise<Experiment> {
    return this.#change((before) => [...before.filter(({ name }) => name !== experiment.name), experiment]).then(
      () => experiment,
    );
  }

  /** @throws OnewayError `EXPERIMENT_UNKNOWN` */
  remove(name: string): Promise<Experiment> {
    return this.#change((before) => {
      this.get(name);
      return before.filter((one) => one.name !== name);
    }, name);
  }

  /** Reads the file when it changed. Never rejects. */
  look(): Promise<void> {
    return this.#exclusive(async () => {
      const fingerprint = await this.#signature();
      if (fingerprint === this.#fingerprint) return;
      this.#fingerprint = fingerprint;
      await this.#read();
    });
  }

  /** An experiment to which nobody is drawn runs for ever and shows nothing: said once. */
  #countNameless({ name }: Experiment): void {
    if (this.#nameless === null || ++this.#nameless < namelessEnough) return;
    this.#nameless = null;
    this.#context.logger.warn(
      { experiment: name, requests: namelessEnough },
      'no request names its visitor, so nobody takes part in the experiment',
    );
  }

  async #read(): Promise<void> {
    try {
      this.#take(await readExperiments(this.#path, this.#ruleSets));
    } catch (error) {
      this.#context.logger.error({ err: error }, 'experiments cannot be read; those before stay in force');
    }
  }

  async #change(change: (before: readonly Experiment[]) => Experiment[], removed?: string): Promise<Experiment> {
    return this.#exclusive(async () => {
      await this.#read();
      const gone = removed === undefined ? undefined : this.get(removed);
      const experiments = change(this.#experiments);
      checkExperiments(experiments, this.#ruleSets);
      try {
        await writeJson(this.#path, { experiments });
      } catch (error) {
        throw full(error);
      }
      this.#fingerprint = await this.#signature();
      this.#take(experiments);
      return gone ?? experiments.at(-1)!;
    });
  }

  #take(experiments: readonly Experiment[]): void {
    this.#experiments = experiments;
    const running = experiments.find(({ status }) => status === 'running') ?? null;
    if (running?.name !== this.#running?.name) this.#nameless = 0;
    this.#running = running;
    this.#releases.keep(new Set((this.#running?.variants ?? []).flatMap(({ release }) => release ?? [])));
  }

  async #signature(): Promise<string> {
    const found = await stat(this.#path).catch(() => null);
    return found === null ? 'absent' : `${found.mtimeMs} ${found.size} ${found.ino}`;
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

function full(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new OnewayError('STORAGE_FULL', 'The disk is full: the experiment was not kept.', { cause: error });
}
