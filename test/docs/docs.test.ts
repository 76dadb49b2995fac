import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters } from '../../data/adapters/index.ts';
import { defaultSimulatorConfiguration } from '../../data/index.ts';
import { defaultServingConfiguration } from '../../serving/configuration/index.ts';
import { buildApp } from '../../serving/index.ts';
import { roles } from '../../serving/roles.ts';
import { catalogueMapping } from '../../src/catalogue/index.ts';
import { errorCodes } from '../../src/errors.ts';
import { eventMapping } from '../../src/events/index.ts';
import { defaultRefreshConfiguration, refreshConfigurationOf } from '../../training/configuration.ts';
import { presets } from '../../training/presets.ts';
import { quietContext } from '../quiet-context.ts';

const folder = new URL('../../docs/', import.meta.url);
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
const page = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** First two cells of every table row that begins with code. */
function rows(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^\| `([^`|]+)` \| ([^|]*) \|/gm)].map(([, first, second]) => [first!, second!.trim()]),
  );
}

function leaves(table: object, path = ''): [key: string, value: unknown][] {
  return Object.entries(table).flatMap(([name, value]) => {
    const key = path === '' ? name : `${path}.${name}`;
    const inner = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    return inner ? leaves(value as object, key) : [[key, value] as [string, unknown]];
  });
}

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1]!);
}

/** GitHub's anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

describe('docs', () => {
  it('point only at pages and headings that exist', () => {
    for (const name of pages) {
      for (const [, target] of page(name).matchAll(/\]\(([^)]+)\)/g)) {
        const [file, heading] = target!.split('#');
        const there = file === '' ? name : file!;
        expect(pages, `${name}: ${target}`).toContain(there);
        if (heading === undefined) continue;
        const anchors = [...page(there).matchAll(/^#+ (.+)$/gm)].map((match) => anchor(match[1]!));
        expect(anchors, `${name}: ${target}`).toContain(heading);
      }
    }
    for (const name of pages.filter((other) => other !== 'README.md')) expect(page('README.md')).toContain(`(${name})`);
  });

  it('hold JSON that is JSON', () => {
    for (const name of pages)
      for (const block of blocks(page(name), 'json')) expect(() => JSON.parse(block), block).not.toThrow();
  });
});

describe('docs/configuration.md', () => {
  it('has every key with its default, and no other', () => {
    const text = page('configuration.md');
    const [refresh, service, simulator] = text.split(/^## The (?:service|simulated shop)$/m);
    const expected = (table: object) =>
      Object.fromEntries(leaves(table).map(([key, value]) => [key, `\`${JSON.stringify(value)}\``]));
    expect(Object.fromEntries(rows(refresh!))).toEqual(expected(defaultRefreshConfiguration));
    expect(Object.fromEntries(rows(service!))).toEqual(expected(defaultServingConfiguration));
    expect(Object.fromEntries(rows(simulator!))).toEqual(expected(defaultSimulatorConfiguration));
  });

  it('says what each preset sets', () => {
    const section = /^## What it is for: `preset`$([\s\S]*?)^## /m.exec(page('configuration.md'))![1]!;
    const { relations, ...others } = presets;
    expect(relations).toEqual({});
    for (const [name, settings] of Object.entries(others)) {
      const [, table] = section.split(`| \`${name}\` sets | to |`);
      const expected = leaves(settings).map(([key, value]) => [key, `\`${JSON.stringify(value)}\``]);
      expect([...rows(table!)]).toEqual(expected);
    }
  });

  it('shows a configuration that is accepted', () => {
    for (const block of blocks(page('configuration.md'), 'json')) refreshConfigurationOf(JSON.parse(block));
  });
});

describe('docs/events.md', () => {
  it('names every adapter and every rule by which it leaves rows out', () => {
    const text = page('events.md');
    for (const adapter of adapters) {
      expect(rows(text).has(adapter.name), adapter.name).toBe(true);
      for (const rule of adapter.events.rules) expect(text).toContain(`\`${rule.kind}\``);
    }
  });

  it('shows mappings that are accepted', () => {
    const [events, catalogue] = blocks(page('events.md'), 'json').map((block) => JSON.parse(block) as unknown);
    expect(Value.Check(eventMapping, events)).toBe(true);
    expect(Value.Check(catalogueMapping, catalogue)).toBe(true);
    for (const schema of [eventMapping, catalogueMapping]) {
      for (const field of Object.keys(schema.properties)) expect(page('events.md')).toContain(`\`${field}\``);
    }
  });
});

describe('docs/README.md', () => {
  it('has every code of the error table', () => {
    const listed = rows(page('README.md'));
    expect([...listed.keys()].sort()).toEqual(Object.keys(errorCodes).sort());
  });
});

describe('docs/api.md', () => {
  let app: FastifyInstance;
  let workspace: string;

  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'oneway-docs-'));
    app = buildApp({ workspace, context: quietContext() });
    await app.ready();
  });

  afterAll(async () => {
    await app.close();
    await rm(workspace, { recursive: true });
  });

  it('has every route and every parameter, and no other route', async () => {
    const { paths } = (await app.inject('/docs/json')).json<{
      paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
    }>();
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [] }]) => ({
        route: `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
        parameters,
      })),
    );
    const text = page('api.md');
    const listed = [...rows(text).keys()].filter((key) => /^(GET|POST|PUT|DELETE|PATCH) /.test(key));
    expect(listed.sort()).toEqual(routes.map(({ route }) => route).sort());
    for (const { parameters } of routes) {
      for (const { name, in: where } of parameters) if (where === 'query') expect(text).toContain(`\`${name}\``);
    }
  });

  it('has, in operating.md, every metric and every role', async () => {
    const text = page('operating.md');
    const names = (await app.metrics!.getMetricsAsJSON()).map(({ name }) => name);
    expect([...rows(text).keys()].filter((key) => /^(oneway|process)_/.test(key)).sort()).toEqual(names.sort());
    for (const role of roles) expect(rows(text).has(role), role).toBe(true);
  });

  it('has every code that a request can be answered with, and its status', async () => {
    const { components } = (await app.inject('/docs/json')).json<{
      components: { schemas: Record<string, unknown> };
    }>();
    const schema = JSON.stringify(components.schemas.Error);
    const codes = (Object.keys(errorCodes) as (keyof typeof errorCodes)[]).filter((code) =>
      schema.includes(`"${code}"`),
    );
    expect(codes.length).toBeGreaterThan(4);
    const listed = rows(page('api.md'));
    for (const code of codes) expect(listed.get(code), code).toBe(String(errorCodes[code].status));
  });
});
