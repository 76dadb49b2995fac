import { Counter, Gauge, type Registry } from 'prom-client';
import type { Clock } from '../../src/context.ts';
import type { Releases } from '../releases.ts';

/** What is served, how old it is, and how often it changed. Read when asked for. */
export function measureReleases(registry: Registry, releases: Releases, clock: Clock): void {
  const registers = [registry];
  const now = (): number => clock.now().getTime() / 1000;
  const seconds = (iso: string): number => Date.parse(iso) / 1000;
  new Gauge({
    name: 'oneway_ready',
    help: '1 when a release is in service, else 0.',
    registers,
    collect() {
      this.set(releases.ready ? 1 : 0);
    },
  });
  new Gauge({
    name: 'oneway_release_info',
    help: 'Always 1; the label names the release in service.',
    labelNames: ['release'],
    registers,
    collect() {
      this.reset();
      if (releases.ready) this.set({ release: releases.current().id }, 1);
    },
  });
  new Gauge({
    name: 'oneway_release_products',
    help: 'Products of the release in service: all of them, and those that may be shown.',
    labelNames: ['which'],
    registers,
    collect() {
      this.reset();
      if (!releases.ready) return;
      const { products, shown } = releases.current().recommender.counts;
      this.set({ which: 'all' }, products);
      this.set({ which: 'shown' }, shown);
    },
  });
  new Gauge({
    name: 'oneway_release_age_seconds',
    help: 'Time since the release in service was made.',
    registers,
    collect() {
      if (releases.ready) this.set(now() - seconds(releases.current().recommender.release.manifest.createdAt));
      else this.remove();
    },
  });
  new Gauge({
    name: 'oneway_data_age_seconds',
    help: 'Time since the last event that the release in service learned from.',
    registers,
    collect() {
      const window = releases.ready ? releases.current().recommender.release.manifest.dataWindow : null;
      if (window === null) this.remove();
      else this.set(now() - seconds(window.to));
    },
  });
  new Gauge({
    name: 'oneway_releases_loaded',
    help: 'Releases held in memory.',
    registers,
    collect() {
      this.set(releases.figures.loaded);
    },
  });
  new Gauge({
    name: 'oneway_release_memory_bytes',
    help: 'Shared memory of releases: of those held, and of one that the next is read into. Pages that were never written count as well.',
    registers,
    collect() {
      this.set(releases.figures.bytes);
    },
  });
  const changes = new Counter({
    name: 'oneway_release_changes_total',
    help: 'Releases taken into service, and releases refused.',
    labelNames: ['outcome'],
    registers,
    collect() {
      const { swaps, refusals } = releases.figures;
      changes.reset();
      changes.inc({ outcome: 'swapped' }, swaps);
      changes.inc({ outcome: 'refused' }, refusals);
    },
  });
}
