import { join } from 'node:path';
import { isPlainList, type ProductGraph } from '../graph/index.ts';
import { collectShared } from '../tensor/index.ts';
import { type DirectionOffset, offsetOf, sourceOffsets } from './direction.ts';
import { type EmbeddingInput, type EmbeddingOptions, embedProducts } from './embed.ts';
import { lowerIdleSources } from './levels.ts';
import { memberContext } from './member-context.ts';
import type { BladeEnsemble, BladeModel } from './model.ts';
import { reversedWeightsOf, withReversed } from './reciprocity/index.ts';
import type { Embeddings } from './types.ts';

/**
 * Embeds every product over a graph with every member.
 *
 * Shapes: dimension d · members + 2. With M members, source = [e_s¹, …, e_sᴹ, b_s, 1] and target = [e_t¹, …, e_tᴹ, 1, b_t], vectors divided by √M and biases
 * averaged, so that the dot product is the mean logit, less c · (ln(1 + indegree(u)) − k · ln(1 + outdegree(u))) of the source u (c = `directionOffset`, k = `directionCredit`):
 * what many products lead to seldom leads on to what few lead to. The offset is the same for all targets of a source: it turns directions and alters no list after one product.
 * Targets gain `trendWeight` times the graph's trend. On a plain list of edges sources that lead nowhere are lowered, see {@link lowerIdleSources}, and the other direction may
 * widen the embeddings, see {@link withReversed}: `reciprocity.width` is added before the last two, then all but these doubles. A symmetric ensemble has nothing of this.
 *
 * @throws OnewayError what {@link embedProducts} throws.
 */
export async function embedEnsemble(
  model: BladeEnsemble,
  input: EmbeddingInput,
  options: EmbeddingOptions,
): Promise<Embeddings> {
  const { members } = model;
  const { configuration } = members[0]!;
  const embed = (member: BladeModel, at: number) => {
    const context = memberContext(options.context, at, members.length);
    return embedProducts(member, input, { ...options, context, ...shardsOf(options.shards, at) });
  };
  const joint = members.length === 1 ? await embed(members[0]!, 0) : await sideBySide(members, embed);
  if (configuration.symmetric) return joint;
  raiseTargets(joint, input.graph, configuration.trendWeight);
  if (isPlainList(input.graph)) await lowerIdleSources(joint, input.graph.bought, options.context);
  const { width } = configuration.reciprocity;
  const reversed = { ...reversedWeightsOf(configuration, input.graph), width, seed: members[0]!.seed };
  const published = await withReversed(joint, input.graph.bought, reversed, options.context);
  lowerSources(published, input.graph, offsetOf(configuration));
  return published;
}

/** One member's embeddings after the other are put in their place, so that no more than one's are held beside the whole. */
async function sideBySide(
  members: readonly BladeModel[],
  embed: (member: BladeModel, at: number) => Promise<Embeddings>,
): Promise<Embeddings> {
  const { nodeCount: count, configuration } = members[0]!;
  const dimension = members.length * configuration.dimension + 2;
  const room = () => new Float32Array(count * dimension);
  const joint: Embeddings = { count, dimension, source: room(), target: room() };
  for (const [at, member] of members.entries()) {
    putBeside(await embed(member, at), joint, at, members.length);
    collectShared(4 * count * dimension);
  }
  return joint;
}

/** Puts the embeddings of member `at` of so many into their place in the joint ones. */
function putBeside(part: Embeddings, joint: Embeddings, at: number, members: number): void {
  const width = part.dimension - 2;
  const scale = 1 / Math.sqrt(members);
  for (const side of ['source', 'target'] as const) {
    const [values, row] = [joint[side], part[side]];
    for (let u = 0; u < part.count; u++) {
      const from = u * part.dimension;
      const to = u * joint.dimension;
      for (let c = 0; c < width; c++) values[to + at * width + c] = row[from + c]! * scale;
      values[to + joint.dimension - 2]! += row[from + width]! / members;
      values[to + joint.dimension - 1]! += row[from + width + 1]! / members;
    }
  }
}

function raiseTargets({ target, dimension }: Embeddings, { trend }: ProductGraph, weight: number): void {
  trend?.forEach((ln, v) => {
    target[(v + 1) * dimension - 1]! += weight * ln;
  });
}

function lowerSources({ source, dimension }: Embeddings, { bought }: ProductGraph, offset: DirectionOffset): void {
  const lowered = sourceOffsets(bought, offset);
  for (let u = 0; u < lowered.length; u++) source[(u + 1) * dimension - 2]! -= lowered[u]!;
}

/** Every member's shards have a folder of their own. */
function shardsOf(shards: EmbeddingOptions['shards'], member: number): Pick<EmbeddingOptions, 'shards'> {
  return shards === undefined ? {} : { shards: { ...shards, folder: join(shards.folder, `${member + 1}`) } };
}
