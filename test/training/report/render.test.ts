import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReportData, renderReport } from '../../../training/report/index.ts';
import { sampleReport } from './sample.ts';

const attack = `"><script>alert('x')</script><img src=x onerror=alert(1)>]]></style>`;

const empty: ReportData = {
  title: '',
  release: null,
  run: '',
  createdAt: '',
  seed: 0,
  data: null,
  graph: null,
  training: null,
  ranking: null,
  direction: null,
  ablation: null,
  feedback: null,
  index: null,
  gates: null,
  examples: null,
  stages: null,
  peakMemoryBytes: null,
  configuration: {},
  versions: {},
  notMeasured: { training: 'The graph has no edge to learn from.' },
};

/** Every value of a kind replaced, whatever its place. */
function mapped<T>(value: T, change: (leaf: unknown) => unknown): T {
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node === 'object' && node !== null) {
      return Object.fromEntries(Object.entries(node).map(([name, leaf]) => [name, walk(leaf)]));
    }
    return change(node);
  };
  return walk(value) as T;
}

const voidTags = new Set(['meta', 'br', 'img']);

/** Names of the open elements in order; fails on a tag that closes another. */
function checkNesting(page: string): number {
  const open: string[] = [];
  let seen = 0;
  for (const [, slash, name, rest] of page.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>/g)) {
    seen++;
    if (voidTags.has(name!) || rest!.endsWith('/')) continue;
    if (slash === '') open.push(name!);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
  return seen;
}

/** Places where a value slipped through unworded, with what stands around them. The configuration is shown as it is. */
function slips(page: string): string[] {
  const shown = page.replace(/<pre[\s\S]*?<\/pre>/, '');
  return [...shown.matchAll(/.{0,80}(?:NaN|Infinity|undefined|\[object).{0,40}/g)].map((match) => match[0]);
}

function ids(page: string): string[] {
  return [...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]!);
}

describe('renderReport', () => {
  it('gives the same bytes for the same data, whatever was drawn before', () => {
    const first = renderReport(sampleReport());
    renderReport(sampleReport({ title: 'another', graph: null }));
    expect(renderReport(JSON.parse(JSON.stringify(sampleReport())) as ReportData)).toBe(first);
  });

  it('loads nothing and runs nothing', () => {
    const page = renderReport(sampleReport());
    expect(page).not.toMatch(/<(script|link|iframe|object|embed|img|base|form)\b/i);
    expect(page).not.toMatch(/https?:|\/\/[a-z]|@import|javascript:/i);
    expect(page.match(/url\([^)]*\)/g) ?? []).toSatisfy((urls: string[]) =>
      urls.every((url) => url.startsWith('url(#')),
    );
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/ on[a-z]+="/);
  });

  it('nests its tags, repeats no id, and points only at ids that exist', () => {
    const page = renderReport(sampleReport());
    expect(checkNesting(page)).toBeGreaterThan(500);
    const all = ids(page);
    expect(new Set(all).size).toBe(all.length);
    for (const [, target] of page.matchAll(/(?:href="#|url\(#|aria-labelledby=")([^")]+)/g))
      expect(all).toContain(target);
    expect(page).not.toMatch(/zr\d/);
  });

  it('names every plot and every table for those who cannot see them', () => {
    const page = renderReport(sampleReport());
    const plots = [...page.matchAll(/<svg class="plot[^>]*>/g)].map((match) => match[0]);
    expect(plots.length).toBe(20);
    for (const plot of plots) expect(plot).toMatch(/role="img" aria-label="[^"]{40,}"/);
    expect(page.match(/<table>/g)!.length).toBe(page.match(/<caption>/g)!.length);
    expect(page).not.toMatch(/<th(?! scope| )>/);
    expect(slips(page)).toEqual([]);
  });

  it('says "not measured", and why, for every part that is null', () => {
    const page = renderReport(empty);
    checkNesting(page);
    expect(page).toContain('Not measured: The graph has no edge to learn from.');
    expect(page.match(/Not measured/g)!.length).toBeGreaterThanOrEqual(9);
    expect(page).toContain('No gate was checked.');
  });

  it('renders empty lists in every part', () => {
    const page = renderReport(emptied(sampleReport()));
    checkNesting(page);
    expect(slips(page)).toEqual([]);
  });

  it.each([Number.NaN, Infinity, -Infinity, 0, -1, 1e300])('survives %s as every number', (number) => {
    const page = renderReport(mapped(sampleReport(), (leaf) => (typeof leaf === 'number' ? number : leaf)));
    checkNesting(page);
    expect(slips(page)).toEqual([]);
  });

  it('survives null as every number', () => {
    checkNesting(renderReport(mapped(sampleReport(), (leaf) => (typeof leaf === 'number' ? null : leaf))));
  });

  it('renders a shop of one product and one event', () => {
    const sample = sampleReport();
    const product = { id: 'only', title: '' };
    const page = renderReport(
      sampleReport({
        data: {
          ...sample.data!,
          rows: 1,
          kept: 1,
          rejected: [],
          customers: 1,
          products: 1,
          timeline: { unit: 'day', starts: ['2026-01-01T00:00:00Z'], counts: { purchase: [1] } },
        },
        graph: {
          ...sample.graph!,
          nodes: 1,
          edges: 0,
          isolated: 1,
          outDegrees: [{ from: 0, to: 0, nodes: 1 }],
          inDegrees: [],
          outExponent: null,
          inExponent: null,
          hubs: [],
        },
        training: { ...sample.training!, epochs: sample.training!.epochs.slice(0, 1), bestEpoch: 1 },
        examples: [{ product, outDegree: 0, inDegree: 0, recommended: [], reverse: [] }],
      }),
    );
    checkNesting(page);
    expect(page).toContain('untitled');
    expect(page).toContain('100.0\u00a0% of the products have no edge');
  });

  it('escapes an attack in every string at once', () => {
    const clean = renderReport(sampleReport());
    const keep = new Set([
      'model',
      'variant',
      'baseline',
      'passed',
      'failed',
      'skipped',
      'hnsw',
      'exact',
      'day',
      'share',
      'count',
      'seconds',
      'bytes',
      'minimum',
      'maximum',
      '',
    ]);
    const page = renderReport(
      mapped(sampleReport({ configuration: { [attack]: attack }, versions: { [attack]: attack } }), (leaf) =>
        typeof leaf === 'string' && !keep.has(leaf) ? attack : leaf,
      ),
    );
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<img');
    expect(page.match(/<\/style>/g)!.length).toBe(clean.match(/<\/style>/g)!.length);
    checkNesting(page);
    expect(page).toContain('&lt;script&gt;alert');
  });

  it('keeps any title harmless and any text encodable', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (title) => {
        const page = renderReport({
          ...empty,
          title,
          examples: [
            {
              product: { id: title, title },
              outDegree: null,
              inDegree: null,
              recommended: [{ id: 'x', title, score: null, customers: null }],
              reverse: [],
            },
          ],
        });
        checkNesting(page);
        expect(Buffer.from(page, 'utf8').toString('utf8')).toBe(page);
      }),
      { numRuns: 60 },
    );
  });
});

/** Every list emptied, every record of free names too. */
function emptied(report: ReportData): ReportData {
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return [];
    if (typeof node === 'object' && node !== null)
      return Object.fromEntries(Object.entries(node).map(([name, leaf]) => [name, walk(leaf)]));
    return node;
  };
  return walk(report) as ReportData;
}
