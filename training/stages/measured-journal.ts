import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { hashJson } from '../../src/storage/index.ts';
import { SeriesJournal } from '../study/index.ts';
import type { RefreshEnvironment } from './environment.ts';
import type { Measured } from './measure.ts';

const entry = Type.Object({ name: Type.String(), measured: Type.Unknown() }, { additionalProperties: false });
type Series = SeriesJournal<Static<typeof entry>>;

/** Models that were trained and measured inside a stage, kept beside the stages' folders so that they outlast a killed stage. */
export class MeasuredJournal {
  readonly #path: string;
  readonly #identity: Readonly<Record<string, unknown>>;
  readonly #context: RefreshEnvironment['context'];

  /** @param identity all that the measurements depend on, as JSON; another has another file. */
  constructor(
    { folder, context }: Pick<RefreshEnvironment, 'folder' | 'context'>,
    identity: Readonly<Record<string, unknown>>,
  ) {
    this.#path = join(folder, `measured-${hashJson(identity).slice(0, 12)}.jsonl`);
    this.#identity = identity;
    this.#context = context;
  }

  /** What was measured under the name before, else what `work` measures now. */
  async once(name: string, work: () => Promise<Measured>): Promise<Measured> {
    const known = await this.#opened(async ({ entries }) => entries.find((one) => one.name === name));
    if (known !== undefined) return known.measured as Measured;
    const measured = await work();
    await this.#opened((series) => series.append({ name, measured }));
    return measured;
  }

  /** Takes the file away: its content is in the stage's own. */
  async discard(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  async #opened<T>(use: (series: Series) => Promise<T>): Promise<T> {
    const series = await SeriesJournal.open(this.#path, this.#identity, entry, this.#context);
    try {
      return await use(series);
    } finally {
      await series.close();
    }
  }
}
