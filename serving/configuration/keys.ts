import { servingConfiguration } from './schema.ts';

/** The parts of a JSON schema that describe a value. */
export interface KeySchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly KeySchema[];
  readonly items?: KeySchema;
  readonly properties?: Readonly<Record<string, KeySchema>>;
}

/** One setting: where it stands in a file, and what its environment variable is called. */
export interface ConfigurationKey {
  /** For instance `['server', 'bodyKibibytes']`. */
  readonly path: readonly string[];
  /** For instance `ONEWAY_SERVER_BODY_KIBIBYTES`. */
  readonly variable: string;
  readonly schema: KeySchema;
}

/** Every setting, in the order of the schema. */
export const configurationKeys: readonly ConfigurationKey[] = [...keysOf(servingConfiguration as KeySchema, [])];

function* keysOf(schema: KeySchema, path: readonly string[]): Generator<ConfigurationKey> {
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const place = [...path, name];
    if (inner.properties === undefined) yield { path: place, variable: variableOf(place), schema: inner };
    else yield* keysOf(inner, place);
  }
}

function variableOf(path: readonly string[]): string {
  return ['oneway', ...path.map((name) => name.replaceAll(/[A-Z]/g, '_$&'))].join('_').toUpperCase();
}
