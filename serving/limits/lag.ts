const sampleMilliseconds = 250;

/**
 * How late the event loop runs its timers, sampled. Overload is lag in two samples in a row:
 * one long step, such as a collection of garbage, is no reason to turn requests away.
 */
export class EventLoopLag {
  readonly #maximum: number;
  #timer: NodeJS.Timeout | null = null;
  #before = 0;
  #last = 0;

  /** @param maximum milliseconds above which the service is overloaded; `Infinity` for never */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  start(): void {
    let due = performance.now() + sampleMilliseconds;
    const sample = (): void => {
      const now = performance.now();
      this.record(Math.max(0, now - due));
      due = now + sampleMilliseconds;
      this.#timer = setTimeout(sample, sampleMilliseconds).unref();
    };
    this.#timer = setTimeout(sample, sampleMilliseconds).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** A sample, in milliseconds. */
  record(milliseconds: number): void {
    this.#before = this.#last;
    this.#last = milliseconds;
  }

  get overloaded(): boolean {
    return this.#last > this.#maximum && this.#before > this.#maximum;
  }
}
