/**
 * Everything the service can be told, in one strict schema. Names of environment variables and the commented example are derived from it.
 * @module
 */
import Type, { type Static } from 'typebox';
import type { RuleSet } from '../../src/rules/index.ts';
import { keySchema } from '../access/keys.ts';
import { anonymousAccess } from '../plugins/access.ts';

const strict = { additionalProperties: false } as const;
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(
  schema: T,
  options: { default?: unknown; description: string },
) => Type.Union([schema, Type.Null()], options);

const serverConfiguration = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      default: '127.0.0.1',
      description: 'Address to listen on; the default takes requests of this machine only, 0.0.0.0 of every network.',
    }),
    port: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      default: 8080,
      description: 'Port to listen on; 0 takes a free one.',
    }),
    trustedProxies: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description:
        'Proxies whose x-forwarded-* headers are believed: addresses, ranges (10.0.0.0/8), or loopback, linklocal, uniquelocal.',
    }),
    origins: Type.Array(Type.String({ pattern: '^https?://[^/*\\s]+$' }), {
      default: [],
      description: 'Origins whose pages may ask from a browser (CORS), such as https://shop.example; none by default.',
    }),
    bodyKibibytes: Type.Integer({
      minimum: 1,
      maximum: 65_536,
      default: 256,
      description: 'Largest request body, KiB, where a route sets no limit of its own.',
    }),
    requestSeconds: Type.Number({
      minimum: 1,
      maximum: 600,
      default: 30,
      description: 'Longest time that a request may take to arrive, in seconds.',
    }),
    keepAliveSeconds: Type.Number({
      minimum: 1,
      maximum: 3600,
      default: 72,
      description: 'How long an idle connection stays open, in seconds; more than the proxy in front waits.',
    }),
    maximumConnections: orNull(Type.Integer({ minimum: 1 }), {
      default: null,
      description: 'Connections at once; those beyond are closed. null for no limit.',
    }),
    maximumLagMilliseconds: orNull(Type.Integer({ minimum: 10, maximum: 60_000 }), {
      default: 1000,
      description: 'Lag of the event loop above which requests are turned away with OVERLOADED; null for never.',
    }),
    drainSeconds: Type.Number({
      minimum: 0,
      maximum: 600,
      default: 0,
      description:
        'After a stop signal: how long it goes on serving while /health/ready says no, so that balancers see it.',
    }),
    graceSeconds: Type.Number({
      minimum: 0,
      maximum: 600,
      default: 10,
      description: 'After that: how long requests in flight may take to finish.',
    }),
  },
  strict,
);

const accessConfiguration = Type.Object(
  {
    keys: Type.Array(keySchema, {
      maxItems: 1000,
      default: [],
      description: 'Keys in force, hashed; oneway keys create prints a key and its entry.',
    }),
    keysFile: orNull(Type.String({ minLength: 1 }), {
      default: null,
      description: 'A JSON file with more keys (a list), read again when it changes; null for none.',
    }),
    anonymous: Type.Enum([...anonymousAccess], {
      default: 'loopback',
      description:
        'Who may read without a key: never; loopback (this machine, while no key is configured); everywhere. What changes something always needs a key.',
    }),
  },
  strict,
);

const rateLimitConfiguration = Type.Object(
  {
    requests: orNull(Type.Integer({ minimum: 1 }), {
      default: 20_000,
      description:
        'Requests of one key, or of one address without a key, per window; those above get RATE_LIMITED. null for no limit.',
    }),
    seconds: Type.Number({ minimum: 1, maximum: 3600, default: 10, description: 'Length of the window, in seconds.' }),
  },
  strict,
);

const releasesConfiguration = Type.Object(
  {
    pollMilliseconds: Type.Integer({
      minimum: 10,
      maximum: 3_600_000,
      default: 1000,
      description: 'How often to look for a new release, in milliseconds.',
    }),
    compare: Type.Boolean({
      default: true,
      description:
        'Whether readers may have another release opened, one at a time, to compare it with the one in service; it takes as much memory again.',
    }),
  },
  strict,
);

const catalogueConfiguration = Type.Object(
  {
    settleMinutes: Type.Number({
      minimum: 0,
      maximum: 525_600,
      default: 60,
      description:
        'A change of a product is dropped when a release was made from a catalogue file that was written this much later, in minutes: what an export takes.',
    }),
  },
  strict,
);

const feedbackConfiguration = Type.Object(
  {
    visitors: Type.Enum(['hashed', 'plain'], {
      default: 'hashed',
      description:
        'How visitors are kept: as a hash with a key of the workspace, or as they were sent, to match the customers of your own event files.',
    }),
    rememberedEvents: Type.Integer({
      minimum: 0,
      maximum: 10_000_000,
      default: 200_000,
      description: 'Latest events whose ids are remembered, so that one sent again is not kept again.',
    }),
    sealSeconds: Type.Number({
      minimum: 1,
      maximum: 86_400,
      default: 600,
      description: 'After this time at most, in seconds, an event can be taken in by a refresh.',
    }),
  },
  strict,
);

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

const loggingConfiguration = Type.Object(
  {
    level: Type.Enum([...logLevels], { default: 'info', description: 'Least level that is logged.' }),
    requests: Type.Enum(['all', 'failed', 'none'], {
      default: 'failed',
      description: 'Requests that get a line at info: all; failed (status 500 and above) and slow ones; none.',
    }),
    slowMilliseconds: Type.Number({
      minimum: 0,
      default: 1000,
      description: 'A request that takes longer is logged as a warning.',
    }),
  },
  strict,
);

const metricsConfiguration = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: 'Whether /metrics is there.' }),
    requireKey: Type.Boolean({
      default: true,
      description: 'Whether /metrics needs a key of the role metrics where reading needs one; otherwise it is open.',
    }),
    probeSeconds: orNull(Type.Number({ minimum: 0.1, maximum: 86_400 }), {
      default: 10,
      description: 'How often a recent lookup is run again exactly, to measure recall, in seconds; null for never.',
    }),
  },
  strict,
);

const tracingConfiguration = Type.Object(
  {
    enabled: Type.Boolean({ default: false, description: 'Whether OpenTelemetry spans are made.' }),
    module: orNull(Type.String({ minLength: 1 }), {
      default: null,
      description:
        'Module loaded before the service that registers an OpenTelemetry SDK: a package or a path; null when the process has one already.',
    }),
  },
  strict,
);

export const servingConfiguration = Type.Object(
  {
    workspace: Type.String({ description: 'Folder of the workspace whose current release is served.', default: '' }),
    server: serverConfiguration,
    access: accessConfiguration,
    rateLimit: rateLimitConfiguration,
    releases: releasesConfiguration,
    ruleSets: Type.Array(Type.Unsafe<RuleSet>({ type: 'object' }), {
      maxItems: 500,
      default: [],
      description: 'Named merchandising rules and what they apply to; docs/rules.md has the language.',
    }),
    catalogue: catalogueConfiguration,
    feedback: feedbackConfiguration,
    logging: loggingConfiguration,
    metrics: metricsConfiguration,
    tracing: tracingConfiguration,
  },
  strict,
);

export type ServingConfiguration = Static<typeof servingConfiguration>;
