import { isbot } from 'isbot';
import type { RunContext } from '../../src/context.ts';
import {
  type FeedbackEvent,
  FeedbackLog,
  type FeedbackLogOptions,
  type FeedbackOutcome,
} from '../../src/feedback/index.ts';
import type { Workspace } from '../../src/release/index.ts';

/** Takes events in. The journal is opened at the first, and again when that failed: while another process writes there, it is refused. */
export class FeedbackIntake {
  readonly #workspace: Workspace;
  readonly #options: FeedbackLogOptions;
  #log: Promise<FeedbackLog> | null = null;

  constructor(
    workspace: Workspace,
    { logger, clock }: RunContext,
    options: Pick<FeedbackLogOptions, 'visitors' | 'rememberedEvents' | 'segmentMilliseconds'>,
  ) {
    this.#workspace = workspace;
    this.#options = { ...options, logger, clock };
  }

  /**
   * @param userAgent of the request, for events that name none: where it is a browser's, or says so. A shop's server is no robot for all that it is no browser.
   * @throws OnewayError `STORAGE_FULL`, `JOURNAL_BUSY`, `JOURNAL_FAILED`: then nothing was kept.
   */
  async add(events: readonly FeedbackEvent[], userAgent: string | undefined): Promise<FeedbackOutcome> {
    this.#log ??= FeedbackLog.open(this.#workspace, this.#options).catch((error) => {
      this.#log = null;
      throw error;
    });
    const log = await this.#log;
    const agent = userAgent?.startsWith('Mozilla/') === true ? userAgent : null;
    return log.add(events.map((event) => ({ event, robot: isbot(event.userAgent ?? agent) })));
  }

  async close(): Promise<void> {
    const log = await this.#log?.catch(() => null);
    await log?.close();
  }
}
