import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OnewayError } from '../errors.ts';
import { readSafetensors, writeSafetensors } from '../storage/index.ts';
import { openParameter, type SharedParameter } from '../tensor/threads.ts';
import type { SharedReach } from './engine/index.ts';
import type { Side } from './sampler.ts';

export interface ShardOptions {
  /** Made where it is not there. Whoever has the embeddings safe elsewhere removes it. */
  readonly folder: string;
  /** What the shards are of: the model and the graph. Shards of anything else are not taken. */
  readonly identity: string;
  /** Products per shard, 65,536 unless told. */
  readonly size?: number;
}

/** Finished parts of an embedding, each in a file that is there whole or not at all, with its hash. */
export class ShardStore {
  readonly #folder: string;
  readonly #identity: string;

  private constructor({ folder, identity }: ShardOptions) {
    this.#folder = folder;
    this.#identity = identity;
  }

  static async open(options: ShardOptions): Promise<ShardStore> {
    await mkdir(options.folder, { recursive: true });
    return new ShardStore(options);
  }

  /** @returns whether the shard was there and whole; then `to` holds it. */
  async read(name: string, to: Float32Array): Promise<boolean> {
    const path = this.#pathOf(name);
    if (!existsSync(path)) return false;
    try {
      const { tensors, metadata } = await readSafetensors(path);
      const data = tensors.values?.data;
      const fits = data instanceof Float32Array && data.length === to.length;
      if (fits && metadata.identity === this.#identity && metadata.sha256 === hashOf(data)) {
        to.set(data);
        return true;
      }
    } catch (error) {
      if (!(error instanceof OnewayError)) throw error;
    }
    await rm(path, { force: true });
    return false;
  }

  async write(name: string, values: Float32Array): Promise<void> {
    const metadata = { identity: this.#identity, sha256: hashOf(values) };
    await writeSafetensors(this.#pathOf(name), { values: { shape: [values.length], data: values } }, metadata);
  }

  /** @returns whether the reach was there, whole. */
  async readReach(side: Side, reach: SharedReach): Promise<boolean> {
    if (!existsSync(this.#pathOf(reachName(side, 'source'))) || !existsSync(this.#pathOf(reachName(side, 'target')))) {
      return false;
    }
    for (const end of ['source', 'target'] as const) {
      if (!(await this.read(reachName(side, end), valuesOf(reach[end])))) return false;
    }
    return true;
  }

  async writeReach(side: Side, reach: SharedReach): Promise<void> {
    for (const end of ['source', 'target'] as const) await this.write(reachName(side, end), valuesOf(reach[end]));
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${name}.safetensors`);
  }
}

function reachName(side: Side, end: Side): string {
  return `${side}-reach-${end}`;
}

function valuesOf(shared: SharedParameter): Float32Array {
  return openParameter(shared, 0).values;
}

function hashOf(values: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}
