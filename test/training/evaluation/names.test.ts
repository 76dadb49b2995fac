import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluationData } from '../../../data/index.ts';
import { allModelNames } from '../../../training/evaluation/index.ts';

const page = readFileSync(new URL('../../../docs/evaluation.md', import.meta.url), 'utf8');

/** What other programs read by name. */
const promised = [
  ['oneway', 'popularity', 'conditional', 'damped-lift', 'item-cosine', 'three-hop', 'pagerank', 'ease'],
  ['degree-product', 'symmetric', 'fixed-sampling', 'features-only', 'nearest-warm', 'ease-with-terms'],
].flat();

describe('docs/evaluation.md', () => {
  it('has every model, and the models have the promised names', () => {
    expect([...allModelNames].sort()).toEqual(promised.sort());
    for (const name of allModelNames) expect(page).toContain(`| \`${name}\` |`);
  });

  it('has every task and metric', () => {
    const tasks = [...Object.keys(evaluationData.links), ...Object.keys(evaluationData.temporal)];
    for (const task of [...tasks, 'dirlinkbench/<name>', 'snap/<name>']) expect(page).toContain(`\`${task}\``);
    const cutoffs = ['hr', 'mrr', 'cold-hr', 'cold-mrr', 'next-invoice'].flatMap((name) =>
      [5, 10, 20].map((k) => `${name}@${k}`),
    );
    const others = ['hits@20', 'hits@50', 'hits@100', 'mrr', 'direction-auc', 'direction-accuracy', 'existence-auc'];
    for (const metric of [...cutoffs, ...others, 'cold-milliseconds']) expect(page).toContain(`\`${metric}\``);
  });
});
