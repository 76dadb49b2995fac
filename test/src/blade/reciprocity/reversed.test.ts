import { describe, expect, it } from 'vitest';
import {
  reversedWeightsOf,
  withMirror,
  withReciprocity,
  withReversed,
} from '../../../../src/blade/reciprocity/index.ts';
import { buildCsr } from '../../../../src/graph/index.ts';
import { quietContext } from '../../../quiet-context.ts';
import { edgeList } from '../helpers.ts';
import { families, shop } from './helpers.ts';

const context = quietContext();

describe('the other direction', () => {
  const embeddings = families(80, 2);
  const pairs = shop(3, 80, 8);
  const graph = { bought: buildCsr(edgeList(pairs), 80), buyers: new Uint32Array(80) };
  const options = { width: 8, seed: 1 };

  it('says its edges first and then its scores', async () => {
    const whole = await withReversed(embeddings, graph.bought, { mirror: 0.2, weight: 0.5, ...options }, context);
    const remembering = await withReciprocity(embeddings, graph.bought, { weight: 0.5, ...options }, context);
    expect(whole).toEqual(withMirror(remembering, 0.2));
    const without = await withReversed(embeddings, graph.bought, { mirror: 0.2, weight: 0, ...options }, context);
    expect(without).toEqual(withMirror(embeddings, 0.2));
    expect(await withReversed(embeddings, graph.bought, { mirror: 0, weight: 0, ...options }, context)).toBe(
      embeddings,
    );
  });

  it('says nothing before it is known what it is worth, and nothing on a log', () => {
    const known = { mirror: 0.3, weight: -1, width: 64 };
    expect(reversedWeightsOf({ reciprocity: known }, graph)).toEqual({ mirror: 0.3, weight: -1 });
    const log = { buyers: graph.buyers.map(() => 1) };
    expect(reversedWeightsOf({ reciprocity: known }, log)).toEqual({ mirror: 0, weight: 0 });
    const unknown = { mirror: 'validated', weight: 'validated', width: 64 } as const;
    expect(reversedWeightsOf({ reciprocity: unknown }, graph)).toEqual({ mirror: 0, weight: 0 });
  });
});
