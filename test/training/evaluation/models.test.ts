import { describe, expect, it } from 'vitest';
import type { Scorer } from '../../../src/metrics/index.ts';
import { openBackend } from '../../../src/tensor/index.ts';
import { baselines, createBaseline, type Evidence, refinements } from '../../../training/baselines/index.ts';
import { refreshConfigurationOf } from '../../../training/configuration.ts';
import { type Learner, learn } from '../../../training/evaluation/models.ts';
import { quietContext } from '../../quiet-context.ts';
import { randomLinks } from '../baselines/random-links.ts';

const context = quietContext();
const backend = await openBackend({ prefer: 'cpu' }, context.logger);
const count = 60;

/** More edges with a higher share, and a trend that only this evidence has. */
const evidenceOf = (share: number): Evidence =>
  randomLinks(
    count,
    500 * share,
    Float32Array.from({ length: count }, (_, v) => share * Math.sin(v)),
  );

function scoresOf(scorer: Scorer): number[] {
  const out = new Float32Array(count);
  return Array.from({ length: count }, (_, u) => {
    scorer.score(Uint32Array.of(u), out);
    return [...out];
  }).flat();
}

describe('learning EASE with terms', () => {
  const ease = baselines.find(({ name }) => name === 'ease')!;
  const terms = refinements.find(({ of }) => of === ease)!;
  const tools = { context, backend };
  const early = evidenceOf(0.5);
  const late = evidenceOf(1);
  /** Likes reversed edges and the trend: what products gain over EASE. */
  const learnerFor = (objective: Learner['objective']): Learner => ({
    configuration: refreshConfigurationOf({}),
    seed: 1,
    tools,
    objective,
    choices: new Map(),
    presets: new Map(),
  });

  it('chooses on what lies before validation, and scores by all that lies before the test', async () => {
    const asked: Scorer[] = [];
    const learner = learnerFor((scorer) => (scorer.name === terms.name ? asked.push(scorer) : 0));
    const lesson = { early, late, features: null, validation: null };
    const learned = await learn(terms.name, lesson, learner);
    if ('refused' in learned) throw new Error(learned.refused);
    // Every try was worth more than the one before: the last of each step it is.
    const base = learner.choices.get('ease')!;
    const last = terms.stepsFor(late).map((step) => step.at(-1)!);
    const choice = Object.assign({ ...base }, ...last);
    expect(learner.choices.get(terms.name)).toEqual(choice);
    const made = async (evidence: Evidence) =>
      scoresOf(terms.refine(await createBaseline(ease, evidence, base, tools), evidence, choice));
    expect(scoresOf(learned.scorer)).toEqual(await made(late));
    expect(scoresOf(asked.at(-1)!)).toEqual(await made(early));
    // What was chosen on the first split is kept.
    const tries = asked.length;
    await learn(terms.name, lesson, learner);
    expect(asked).toHaveLength(tries);
  });

  it('is EASE where no term is worth anything, and declines what EASE declines', async () => {
    const learner = learnerFor(() => 0);
    const lesson = { early: late, late, features: null, validation: null };
    const [plain, refined] = [await learn('ease', lesson, learner), await learn(terms.name, lesson, learner)];
    if ('refused' in plain || 'refused' in refined) throw new Error('declined');
    expect(scoresOf(refined.scorer)).toEqual(scoresOf(plain.scorer));
    const unable = { ...learner, tools: { ...tools, backend: null } };
    expect(await learn(terms.name, lesson, unable)).toEqual({ refused: 'it needs a tensor backend' });
  });
});
