import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** Figures of the process, read when they are asked for. Names are those that Prometheus clients share. */
export class ProcessMetrics {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 10 });

  constructor(registry: Registry) {
    const registers = [registry];
    const delay = this.#delay;
    new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Memory of the process that is in RAM.',
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
    new Gauge({
      name: 'oneway_memory_bytes',
      help: 'Memory by kind: JavaScript heap in use and reserved, memory outside the heap, of it array buffers.',
      labelNames: ['kind'],
      registers,
      collect() {
        const { heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
        this.set({ kind: 'heap-used' }, heapUsed);
        this.set({ kind: 'heap-total' }, heapTotal);
        this.set({ kind: 'external' }, external);
        this.set({ kind: 'array-buffers' }, arrayBuffers);
      },
    });
    new Gauge({
      name: 'process_cpu_seconds_total',
      help: 'Processor time, user and system.',
      registers,
      collect() {
        const { user, system } = process.cpuUsage();
        this.set((user + system) / 1e6);
      },
    });
    const started = Date.now() / 1000 - process.uptime();
    new Gauge({
      name: 'process_start_time_seconds',
      help: 'When the process began, in seconds since 1970.',
      registers,
      collect() {
        this.set(Math.round(started * 1000) / 1000);
      },
    });
    new Gauge({
      name: 'oneway_event_loop_delay_seconds',
      help: 'Delay of the event loop since the last reading: quantiles and the maximum (quantile 1).',
      labelNames: ['quantile'],
      registers,
      collect() {
        for (const quantile of [0.5, 0.99, 1]) {
          const nanoseconds = delay.count === 0 ? 0 : quantile === 1 ? delay.max : delay.percentile(quantile * 100);
          this.set({ quantile }, nanoseconds / 1e9);
        }
        delay.reset();
      },
    });
  }

  start(): void {
    this.#delay.enable();
  }

  stop(): void {
    this.#delay.disable();
  }
}
