import { Arrangement } from './arrange.ts';
import type { Context } from './question.ts';
import { type Finding, type FoundList, fillFrom, isRuled, listRow, pinsOf, type Question } from './related.ts';
import type { Routes } from './retrieval.ts';
import type { Scorer } from './scoring.ts';
import type { Strategy } from './types.ts';
import { walkLists } from './walk.ts';

/** Time of one candidate of a walk over lists relative to the scoring of one product in a scan; measured on 200,000 × 66. */
const walkCost = 20;
/** Under this many products a scan is quicker than anything. */
const smallestWalk = 2000;

/** What could stand in for a product. */
export class Similar {
  readonly #finding: Finding;

  constructor(finding: Finding) {
    this.#finding = finding;
  }

  find(question: Question): FoundList {
    const { contexts } = question;
    const context = contexts[0]!;
    const { parts, shelf } = this.#finding;
    const { node } = context;
    const borrowed = shelf.borrowed(node);
    if (borrowed !== null) {
      const { features } = borrowed;
      const index: Routes['index'] = {
        ordered: true,
        cost: 1,
        search: (n) => this.#finding.release.similar.nearest(features, n).ids,
      };
      // Without a common feature there is no likeness, not a likeness of zero.
      return parts.substitutes.aboutFeatures(features, (likeness) =>
        this.#list(question, (other) => likeness(other) || Number.NaN, null, index),
      );
    }
    if (context.source === null) return this.#list(question, () => Number.NaN, null, null);
    const { lists } = this.#finding.release;
    return parts.substitutes.about(node, (likeness) => {
      const list = lists === null ? null : listRow(lists.similar, node);
      const index: Routes['index'] =
        lists === null || lists.similar.width === 0 || shelf.known < smallestWalk
          ? null
          : { ordered: true, cost: walkCost, search: (n) => walkLists(lists.similar, node, n, likeness) };
      return this.#list(question, likeness, list, index);
    });
  }

  /** @param likeness to a product of the release; NaN when nothing is known */
  #list(
    question: Question,
    likeness: (node: number) => number,
    list: Routes['list'],
    index: Routes['index'],
  ): FoundList {
    const { contexts, settings, rules } = question;
    const { parts, sets, shelf } = this.#finding;
    const context: Context = contexts[0]!;
    const score = (node: number): number =>
      Math.fround(node < shelf.known ? likeness(node) : this.#toNew(context, node));
    const scorer: Scorer = { bound: score, score };
    const pins = pinsOf(question, shelf, (node) => {
      const found = score(node);
      return Number.isFinite(found) ? found : null;
    });
    const arrangement = new Arrangement(settings.k, rules, shelf, pins);
    const isKnown = context.source !== null || context.channel === 'inductive';
    const strategy: Strategy = !isKnown
      ? 'exact'
      : fillFrom(arrangement, question, 'likeness', this.#finding, {
          routesTo: (condition) => ({
            scorer,
            list,
            late: shelf.late,
            index,
            everything: (visit) => sets.visit(condition, visit),
            scanned: sets.share(condition) * shelf.count,
          }),
          channelOf: (node) => (context.channel === 'model' && node < shelf.known ? 'model' : 'inductive'),
          relevance: (value) => Math.min(1, Math.max(0, value)),
          likeness: (a, b) => (a < shelf.known && b < shelf.known ? parts.substitutes.alikeAsResults(a, b) : 0),
        });
    const shortage = !isKnown ? 'NOTHING_KNOWN' : isRuled(question) ? 'RULES' : 'CATALOGUE';
    return { entries: arrangement.finish(), unit: 'likeness', strategy, fallback: null, shortage };
  }

  /** Likeness to a product that the release does not have: of the features, which are all that is known of it. */
  #toNew(context: Context, node: number): number {
    const { release, shelf } = this.#finding;
    const other = shelf.borrowed(node)!.features;
    const own = shelf.borrowed(context.node)?.features ?? rowOfFeatures(release.features, context.node);
    let sum = 0;
    let i = 0;
    for (let j = 0; j < other.indices.length; j++) {
      while (i < own.indices.length && own.indices[i]! < other.indices[j]!) i++;
      if (i < own.indices.length && own.indices[i] === other.indices[j]) sum += own.values[i]! * other.values[j]!;
    }
    return sum > 0 ? Math.min(1, sum) : Number.NaN;
  }
}

function rowOfFeatures(
  { offsets, indices, values }: { offsets: Uint32Array; indices: Uint32Array; values: Float32Array },
  node: number,
): { indices: Uint32Array; values: Float32Array } {
  const start = offsets[node]!;
  const end = offsets[node + 1]!;
  return { indices: indices.subarray(start, end), values: values.subarray(start, end) };
}
