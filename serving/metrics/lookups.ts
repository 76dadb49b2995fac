import { Counter, type Registry } from 'prom-client';
import type { Answer } from '../../src/lookup/index.ts';

/** Counts what lookups answered. Labels are enumerations of the API, so the number of series is bounded. */
export class LookupMetrics {
  readonly #lookups: Counter;
  readonly #fallbacks: Counter;
  readonly #fewer: Counter;
  readonly #results: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#lookups = new Counter({
      name: 'oneway_lookups_total',
      help: 'Lookups answered, by relation, how the list was found, and where its first result comes from.',
      labelNames: ['relation', 'strategy', 'channel'],
      registers,
    });
    this.#fallbacks = new Counter({
      name: 'oneway_lookup_fallbacks_total',
      help: 'Lookups in which popular products stood in, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.#fewer = new Counter({
      name: 'oneway_lookup_fewer_total',
      help: 'Lookups with fewer results than asked for.',
      labelNames: ['relation'],
      registers,
    });
    this.#results = new Counter({
      name: 'oneway_lookup_results_total',
      help: 'Results in all answers.',
      labelNames: ['relation'],
      registers,
    });
  }

  count({ relation: kind, direction, strategy, channel, fallback, outcome, results }: Answer): void {
    const relation = direction === 'before' ? direction : kind;
    this.#lookups.inc({ relation, strategy, channel });
    this.#results.inc({ relation }, results.length);
    if (fallback !== null) this.#fallbacks.inc({ reason: fallback.reason });
    if (outcome === 'fewer') this.#fewer.inc({ relation });
  }
}
