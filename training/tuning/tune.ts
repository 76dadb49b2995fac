import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import type { BladeConfiguration } from '../../src/blade/index.ts';
import { type RunContext, throwIfAborted } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { Random } from '../../src/random.ts';
import { acquireLock, Workspace } from '../../src/release/index.ts';
import { writeJson } from '../../src/storage/index.ts';
import type { Backend } from '../../src/tensor/index.ts';
import { defaultRefreshConfiguration, type RefreshConfiguration, refreshConfigurationOf } from '../configuration.ts';
import { bladeWith, differenceOf, unfold } from '../overlay.ts';
import { packageVersion } from '../pipeline/index.ts';
import { SeriesJournal, type Study, trainOnce, validationFigures, withNote } from '../study/index.ts';
import { planRungs, promote, type Rung, rank } from './halving.ts';
import { type Drawn, drawDistinct, type SearchSpace } from './space.ts';

/** What trials learn from: each is trained on every study, and judged by the mean. */
export interface TuningSubject {
  /** Task, or what the shop is called. */
  readonly name: string;
  /** What the data depend on, as JSON; another makes another search. */
  readonly data: unknown;
  readonly studies: readonly { readonly split: number; readonly study: Study }[];
}

export interface TuningRequest {
  /** Of the points drawn and of each training (plus the split's number). */
  readonly seed: number;
  /** Trials, trial 0 among them, which is the configuration given; 1 or more. */
  readonly trials: number;
  /** Epochs of the last rung. */
  readonly budget: number;
  readonly space: SearchSpace;
  /** Minutes after which no further training begins; null for no limit. */
  readonly minutes: number | null;
  /** Where `trials.jsonl`, `best.json` and checkpoints lie. */
  readonly folder: string;
}

const figure = Type.Union([Type.Number(), Type.Null()]);
const trialEntry = Type.Object(
  {
    rung: Type.Integer({ minimum: 0 }),
    trial: Type.Integer({ minimum: 0 }),
    epochs: Type.Integer({ minimum: 1 }),
    /** HitRate@10 + MRR@10 on validation; null where the training failed. */
    objective: figure,
    hitRate: figure,
    mrr: figure,
    failure: Type.Union([Type.String(), Type.Null()]),
    changes: Type.Record(Type.String(), Type.Unknown()),
  },
  { additionalProperties: false },
);

/** A finished training of a trial: one line of `trials.jsonl`. */
export type TrialEntry = Static<typeof trialEntry>;

/** What `oneway tune --json` prints. */
export interface TuningResult {
  readonly task: string;
  readonly splits: readonly number[];
  readonly seed: number;
  readonly rungs: readonly Rung[];
  /** Points in the search, trial 0 among them. */
  readonly trials: number;
  /** Why the search ended: all done, out of time, or stopped by a signal. */
  readonly ended: 'finished' | 'minutes' | 'signal';
  /** The best so far and trial 0, in the same rung; null before trial 0's first result, or when all failed. */
  readonly best: TrialEntry | null;
  readonly start: TrialEntry | null;
  /** Path of the best configuration, as `oneway refresh --configuration` takes it; null without a best. */
  readonly file: string | null;
  /** The last result of every trial, the farthest and best first. */
  readonly standings: readonly TrialEntry[];
}

/**
 * Searches the model's configuration by successive halving. Every trial of a rung trains for the rung's epochs on the same seeds; its objective is
 * HitRate@10 + MRR@10 on validation, never test. Trial 0 is the configuration given and takes part in every rung, so the result is never worse than it
 * on validation. Finished trainings are in the journal: the same call goes on after them.
 * The signal and `minutes` end the search with what is known.
 * @throws OnewayError `FOLDER_NOT_EMPTY` when the folder holds another search; `WORKSPACE_BUSY` while another process searches there.
 */
export async function tune(
  subject: TuningSubject,
  request: TuningRequest,
  configuration: RefreshConfiguration,
  tools: { readonly context: RunContext; readonly backend: Backend },
): Promise<TuningResult> {
  const { context, backend } = tools;
  const { seed, budget, space, folder } = request;
  const base = configuration.blade;
  const points: readonly Drawn[] = [
    {},
    ...drawDistinct(space, request.trials - 1, base, new Random(seed).fork('space')),
  ];
  if (points.length < request.trials) {
    context.logger.warn({ trials: points.length }, `the space has no more than ${points.length} different trials`);
  }
  const rungs = planRungs(points.length - 1, budget);
  const splits = subject.studies.map(({ split }) => split);
  await mkdir(folder, { recursive: true });
  const lock = await acquireLock(new Workspace(folder), 'tune');
  const identity = {
    series: 'oneway tune 1',
    version: packageVersion(),
    backend: backend.name,
    task: subject.name,
    data: subject.data,
    splits,
    seed,
    trials: request.trials,
    budget,
    space,
    configuration: base,
  };
  try {
    const journal = await SeriesJournal.open(join(folder, 'trials.jsonl'), identity, trialEntry, context);
    try {
      const search = new Search(subject, request, configuration, points, rungs, journal, tools);
      const ended = await search.run();
      return search.result(ended);
    } finally {
      await journal.close();
    }
  } finally {
    await lock.release();
  }
}

class Search {
  readonly #subject: TuningSubject;
  readonly #request: TuningRequest;
  readonly #configuration: RefreshConfiguration;
  readonly #points: readonly Drawn[];
  readonly #rungs: readonly Rung[];
  readonly #journal: SeriesJournal<TrialEntry>;
  readonly #tools: { readonly context: RunContext; readonly backend: Backend };
  readonly #file: string;

  constructor(
    subject: TuningSubject,
    request: TuningRequest,
    configuration: RefreshConfiguration,
    points: readonly Drawn[],
    rungs: readonly Rung[],
    journal: SeriesJournal<TrialEntry>,
    tools: { readonly context: RunContext; readonly backend: Backend },
  ) {
    this.#subject = subject;
    this.#request = request;
    this.#configuration = configuration;
    this.#points = points;
    this.#rungs = rungs;
    this.#journal = journal;
    this.#tools = tools;
    this.#file = join(request.folder, 'best.json');
  }

  async run(): Promise<TuningResult['ended']> {
    const { clock } = this.#tools.context;
    const { minutes } = this.#request;
    const deadline = minutes === null ? Number.POSITIVE_INFINITY : clock.monotonic() + minutes * 60_000;
    const known = new Map(this.#journal.entries.map((entry) => [`${entry.rung}/${entry.trial}`, entry]));
    if (known.size > 0) this.#tools.context.logger.info({ trainings: known.size }, 'the search goes on');
    try {
      let trials: readonly number[] = this.#points.map((_, trial) => trial);
      for (const [number, rung] of this.#rungs.entries()) {
        const standings: TrialEntry[] = [];
        for (const trial of trials) {
          let entry = known.get(`${number}/${trial}`);
          if (entry === undefined) {
            if (clock.monotonic() >= deadline) return 'minutes';
            entry = await this.#train(number, rung, trial);
            await this.#journal.append(entry);
            this.#report(entry);
          }
          standings.push(entry);
          await this.#writeBest();
        }
        const next = this.#rungs[number + 1];
        if (next !== undefined) trials = promote(standings, next);
      }
      return 'finished';
    } catch (error) {
      if (error instanceof OnewayError && error.code === 'ABORTED') return 'signal';
      throw error;
    }
  }

  result(ended: TuningResult['ended']): TuningResult {
    const { best, start } = this.#best();
    const last = new Map<number, TrialEntry>();
    for (const entry of this.#journal.entries) {
      if ((last.get(entry.trial)?.rung ?? -1) < entry.rung) last.set(entry.trial, entry);
    }
    return {
      task: this.#subject.name,
      splits: this.#subject.studies.map(({ split }) => split),
      seed: this.#request.seed,
      rungs: this.#rungs,
      trials: this.#points.length,
      ended,
      best,
      start,
      file: best === null ? null : this.#file,
      standings: [...rank([...last.values()])].sort((a, b) => b.rung - a.rung),
    };
  }

  /** Trial 0 comes first in each rung, so the best of the last rung that it is in has been held against it at the same length. */
  #best(): { readonly best: TrialEntry | null; readonly start: TrialEntry | null } {
    const { entries } = this.#journal;
    const start = entries.findLast(({ trial }) => trial === 0) ?? null;
    const best = rank(entries.filter(({ rung }) => rung === start?.rung))[0] ?? null;
    return best?.objective == null ? { best: null, start } : { best, start };
  }

  async #train(number: number, rung: Rung, trial: number): Promise<TrialEntry> {
    const changes = this.#points[trial]!;
    const { seed, folder } = this.#request;
    const name = `trial ${trial}, rung ${number + 1} of ${this.#rungs.length}`;
    const { best } = this.#best();
    const context = withNote(
      this.#tools.context,
      name,
      best === null ? '' : `best ${best.objective!.toFixed(4)} (trial ${best.trial})`,
    );
    const blade = withEpochs(bladeWith(this.#configuration.blade, unfold(changes), name), rung.epochs);
    const entry = { rung: number, trial, epochs: rung.epochs, changes };
    let hitRate = 0;
    let mrr = 0;
    for (const { split, study } of this.#subject.studies) {
      throwIfAborted(context.signal);
      const { early, features, validation } = study.lesson;
      const task = { graph: early.graph, features, validation, configuration: blade, seed: seed + split };
      try {
        const { scorer } = await trainOnce(task, folder, { trial, split }, { ...this.#tools, context });
        const figures = validationFigures(study.validate(scorer, context));
        hitRate += figures.hitRate / this.#subject.studies.length;
        mrr += figures.mrr / this.#subject.studies.length;
      } catch (error) {
        if (!(error instanceof OnewayError) || !failures.has(error.code)) throw error;
        return { ...entry, objective: null, hitRate: null, mrr: null, failure: error.code };
      }
    }
    return { ...entry, objective: hitRate + mrr, hitRate, mrr, failure: null };
  }

  #report({ trial, rung, epochs, objective, hitRate, mrr, failure }: TrialEntry): void {
    const { best } = this.#best();
    this.#tools.context.logger.info(
      {
        trial,
        rung: rung + 1,
        epochs,
        ...(failure === null ? { 'hr@10': hitRate, 'mrr@10': mrr, objective } : { failure }),
        best: best?.objective ?? null,
        bestTrial: best?.trial ?? null,
      },
      'trained',
    );
  }

  /** The whole configuration with the best trial's changes, as what differs from the defaults of its preset. */
  async #writeBest(): Promise<void> {
    const { best } = this.#best();
    if (best === null) return;
    const blade = bladeWith(this.#configuration.blade, unfold(best.changes), 'best');
    const whole = { ...this.#configuration, blade: withEpochs(blade, this.#request.budget) };
    const { preset } = whole;
    const named = preset === defaultRefreshConfiguration.preset ? {} : { preset };
    await writeJson(this.#file, { ...named, ...(differenceOf(refreshConfigurationOf({ preset }), whole) ?? {}) });
  }
}

/** What a bad point of the space does to a training; anything else ends the search. */
const failures: ReadonlySet<string> = new Set(['TRAINING_DIVERGED', 'EMBEDDINGS_INVALID']);

function withEpochs(blade: BladeConfiguration, epochs: number): BladeConfiguration {
  return { ...blade, optimiser: { ...blade.optimiser, epochs } };
}
