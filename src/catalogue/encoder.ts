import { Value } from 'typebox/value';
import { OnewayError } from '../errors.ts';
import { type FeatureConfiguration, featureConfiguration } from './configuration.ts';
import { featureHash } from './hash.ts';
import { type FeatureKind, featureKinds, productTokens } from './tokens.ts';
import type { Product } from './types.ts';

/** One row of {@link SparseFeatures}: ascending columns and their values, of Euclidean length 1 (or empty). */
export interface FeatureRow {
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/** What a fitted encoder is made of; plain JSON. */
export interface FeatureEncoderState {
  readonly version: 1;
  readonly configuration: FeatureConfiguration;
  /** Products the weights were fitted on. */
  readonly documents: number;
  /** Shape [columns]: number of products with each column. */
  readonly frequencies: readonly number[];
}

/**
 * Turns a product into a sparse vector by the hashing trick (Weinberger et al., ICML 2009), weighted by tf-idf.
 * Fitted once on a catalogue; the same product always gives the same row, and products never seen give rows in the same space.
 */
export class FeatureEncoder {
  readonly configuration: FeatureConfiguration;
  readonly documents: number;
  readonly frequencies: Uint32Array;

  /** @param frequencies shape [columns]: number of products with each column */
  constructor(configuration: FeatureConfiguration, documents: number, frequencies: Uint32Array) {
    this.configuration = configuration;
    this.documents = documents;
    this.frequencies = frequencies;
  }

  /** Counts in how many products each hashed column occurs. */
  static fit(products: Iterable<Partial<Product>>, configuration: FeatureConfiguration): FeatureEncoder {
    const frequencies = new Uint32Array(configuration.columns);
    const seen = new Uint32Array(configuration.columns);
    let documents = 0;
    for (const product of products) {
      documents++;
      const tokens = productTokens(product, configuration);
      for (const kind of featureKinds) {
        if (configuration.weights[kind] === 0) continue;
        for (const token of tokens[kind].keys()) {
          const column = columnOf(kind, token, configuration);
          if (seen[column] === documents) continue;
          seen[column] = documents;
          frequencies[column]!++;
        }
      }
    }
    return new FeatureEncoder(configuration, documents, frequencies);
  }

  get columns(): number {
    return this.configuration.columns;
  }

  /** Smoothed idf: ln((1 + N) / (1 + df)) + 1, so a column in every product still counts. */
  #idf(column: number): number {
    return Math.log((1 + this.documents) / (1 + this.frequencies[column]!)) + 1;
  }

  /** @returns columns ascending; empty when the product has no feature. */
  encode(product: Partial<Product>): FeatureRow {
    const tokens = productTokens(product, this.configuration);
    const sums = new Map<number, number>();
    for (const kind of featureKinds) this.#addKind(kind, tokens[kind], sums);

    let squared = 0;
    for (const value of sums.values()) squared += value * value;
    const columns = [...sums.keys()].filter((column) => sums.get(column) !== 0).sort((a, b) => a - b);
    const indices = Uint32Array.from(columns);
    const values = new Float32Array(columns.length);
    const scale = squared > 0 ? 1 / Math.sqrt(squared) : 0;
    for (let i = 0; i < columns.length; i++) values[i] = sums.get(columns[i]!)! * scale;
    return { indices, values };
  }

  /** Each kind is scaled to the length √weight before the kinds are added, so a long description cannot drown a brand. */
  #addKind(kind: FeatureKind, tokens: ReadonlyMap<string, number>, sums: Map<number, number>): void {
    const weight = this.configuration.weights[kind];
    if (weight === 0 || tokens.size === 0) return;
    const entries: [column: number, value: number][] = [];
    let squared = 0;
    for (const [token, count] of tokens) {
      const column = columnOf(kind, token, this.configuration);
      const value = (1 + Math.log(count)) * this.#idf(column);
      entries.push([column, value]);
      squared += value * value;
    }
    const scale = Math.sqrt(weight / squared);
    for (const [column, value] of entries) sums.set(column, (sums.get(column) ?? 0) + value * scale);
  }

  toJSON(): FeatureEncoderState {
    return {
      version: 1,
      configuration: this.configuration,
      documents: this.documents,
      frequencies: Array.from(this.frequencies),
    };
  }

  /** @throws OnewayError `FILE_CORRUPT` when the value is not what {@link toJSON} writes. */
  static fromJSON(value: unknown): FeatureEncoder {
    const state = value as Partial<FeatureEncoderState> | null;
    const isCount = (n: unknown) => Number.isInteger(n) && (n as number) >= 0 && (n as number) <= 0xffffffff;
    if (
      typeof state !== 'object' ||
      state === null ||
      state.version !== 1 ||
      !Value.Check(featureConfiguration, state.configuration) ||
      !isCount(state.documents) ||
      !Array.isArray(state.frequencies) ||
      state.frequencies.length !== state.configuration.columns ||
      !state.frequencies.every(isCount)
    ) {
      throw new OnewayError('FILE_CORRUPT', 'The feature encoder is cut, altered or of another version.', {
        hint: 'Publish the release again.',
      });
    }
    return new FeatureEncoder(state.configuration, state.documents!, Uint32Array.from(state.frequencies));
  }
}

function columnOf(kind: FeatureKind, token: string, configuration: FeatureConfiguration): number {
  return featureHash(`${kind}:${token}`, configuration.seed) % configuration.columns;
}
