import { join } from 'node:path';
import type { RunContext } from '../context.ts';
import { inDegrees, type ProductGraph } from '../graph/index.ts';
import { Random } from '../random.ts';
import { collectShared } from '../tensor/index.ts';
import { bestPath } from './best-copy.ts';
import type { BladeConfiguration } from './configuration.ts';
import { offsetOf, tellsDirections, validatedOffset } from './direction.ts';
import { type EmbeddingInput, type EmbeddingOptions, embedProducts } from './embed.ts';
import { type BladeEnsemble, type BladeModel, loadBlade, saveBlade } from './model.ts';
import { parameterBytes } from './parameters.ts';
import { mayReciprocate, reciprocityOf, validatedReciprocity, withReciprocity } from './reciprocity/index.ts';
import { type TrainingInput, type TrainingOptions, trainBlade } from './train.ts';
import type { Embeddings, EpochRecord } from './types.ts';

export interface EnsembleResult {
  readonly model: BladeEnsemble;
  /** Means over the members that ran an epoch; their seconds are added up. */
  readonly history: readonly EpochRecord[];
  /** The measured epoch nearest to the mean of the members' best ones, counted from 1. */
  readonly bestEpoch: number;
}

/**
 * Trains `configuration.members` models one after the other. They differ by their seed and, by `penaltySpread`, in how much they are held back
 * (hyper-deep ensembles: Wenzel, Snoek, Tran and Jenatton, NeurIPS 2020). Their configurations hold c as a number, chosen on the validation edges where
 * `directionOffset` asks for that, and so the weight of reversed edges.
 * @throws OnewayError what {@link trainBlade} throws.
 */
export async function trainEnsemble(
  input: TrainingInput,
  configuration: BladeConfiguration,
  options: TrainingOptions,
): Promise<EnsembleResult> {
  const { members: count } = configuration;
  const { context, checkpoint } = options;
  const members: Member[] = [];
  for (let at = 0; at < count; at++) {
    const last = at === count - 1;
    const resting = checkpoint === undefined || last ? null : restingPath(memberPath(checkpoint.path, at));
    members.push(await trainMember(input, configuration, options, at, resting));
    collectShared(members[at]!.bytes);
  }
  const history = meanHistory(members.map((member) => member.history));
  const bestEpoch = members.reduce((sum, member) => sum + member.bestEpoch, 0) / count;
  const trained: BladeModel[] = [];
  for (const { model } of members)
    trained.push(typeof model === 'string' ? (await loadBlade(model)).members[0]! : model);
  const model = await settle({ members: trained }, input, context);
  return { model, history, bestEpoch: nearestMeasured(history, bestEpoch) };
}

/** What is known of a member while others are trained. */
interface Member extends Pick<EnsembleResult, 'history' | 'bestEpoch'> {
  /** The model, or the file in which it waits. */
  readonly model: BladeModel | string;
  /** What its training held. */
  readonly bytes: number;
}

/** @param resting the file in which the trained model waits, because it is as large as what others hold in training; null to keep it in memory. */
async function trainMember(
  input: TrainingInput,
  configuration: BladeConfiguration,
  options: TrainingOptions,
  at: number,
  resting: string | null,
): Promise<Member> {
  const { members: count } = configuration;
  const { seed, context, checkpoint } = options;
  const trained = await trainBlade(input, memberConfiguration(configuration, at), {
    ...options,
    seed: memberSeed(seed, at),
    context: count === 1 ? context : naming(context, `${at + 1} of ${count}`),
    ...(checkpoint === undefined ? {} : { checkpoint: { path: memberPath(checkpoint.path, at) } }),
  });
  const { history, bestEpoch } = trained;
  const model = { ...trained.model, configuration };
  const bytes = parameterBytes(model.parameters);
  if (resting === null) return { history, bestEpoch, bytes, model };
  await saveBlade(resting, { members: [model] });
  return { history, bestEpoch, bytes, model: resting };
}

/** Puts numbers where the configuration leaves c and the weight of reversed edges to validation. */
async function settle({ members }: BladeEnsemble, input: TrainingInput, context: RunContext): Promise<BladeEnsemble> {
  const [{ configuration, seed }] = members as readonly [BladeModel];
  const { directionOffset, reciprocity, symmetric } = configuration;
  const asked = { offset: directionOffset === 'validated', weight: reciprocity.weight === 'validated' };
  if (symmetric || !(asked.offset || asked.weight)) return { members };
  const having = (offset: number, weight: number): BladeEnsemble => {
    const settled = { ...configuration, directionOffset: offset, reciprocity: { ...reciprocity, weight } };
    return { members: members.map((member) => ({ ...member, configuration: settled })) };
  };
  const { graph, validation } = input;
  const unvalidated = [offsetOf(configuration), reciprocityOf(configuration)] as const;
  if (validation === null) return having(...unvalidated);
  const plain = await embedEnsemble(having(0, 0), input, { context });
  const weight = asked.weight ? validatedReciprocity(plain, graph, validation, seed) : unvalidated[1];
  if (!asked.offset || !tellsDirections(graph, validation)) return having(unvalidated[0], weight);
  // What the coordinates of reversed edges do to directions counts too.
  const published = await withReversed(plain, graph, { ...reciprocity, weight, seed }, context);
  return having(validatedOffset(published, graph, validation), weight);
}

function meanHistory(histories: readonly (readonly EpochRecord[])[]): readonly EpochRecord[] {
  const longest = histories.reduce((one, other) => (other.length > one.length ? other : one));
  return longest.map((record, at) => {
    const records = histories.flatMap((history) => history.slice(at, at + 1));
    const mean = (figureOf: (one: EpochRecord) => number) =>
      records.reduce((sum, one) => sum + figureOf(one), 0) / records.length;
    const measured = records.every((one) => one.hitRate !== null && one.mrr !== null);
    return {
      ...record,
      loss: mean((one) => one.loss),
      hitRate: measured ? mean((one) => one.hitRate!) : null,
      mrr: measured ? mean((one) => one.mrr!) : null,
      seconds: records.length * mean((one) => one.seconds),
    };
  });
}

function nearestMeasured(history: readonly EpochRecord[], epoch: number): number {
  const measured = history.filter((record) => record.hitRate !== null);
  if (measured.length === 0) return Math.round(epoch);
  const distance = (record: EpochRecord) => Math.abs(record.epoch - epoch);
  return measured.reduce((best, record) => (distance(record) < distance(best) ? record : best)).epoch;
}

/** The files that a training with this configuration may leave behind beside its checkpoint. */
export function checkpointFiles(path: string, { members }: Pick<BladeConfiguration, 'members'>): string[] {
  const paths = Array.from({ length: members }, (_, member) => memberPath(path, member));
  return paths.flatMap((file) => [file, bestPath(file), restingPath(file)]);
}

function restingPath(checkpoint: string): string {
  return `${checkpoint}.trained`;
}

/**
 * Embeds every product over a graph with every member.
 *
 * Shapes: dimension d · members + 2. With M members, source = [e_s¹, …, e_sᴹ, b_s, 1] and target = [e_t¹, …, e_tᴹ, 1, b_t], vectors divided by √M and biases
 * averaged, so that the dot product is the mean logit, less c · ln(1 + indegree(u)) of the source u (c = `directionOffset`): what many products lead to seldom leads
 * on to what few lead to. The offset is the same for all targets of a source, so it turns directions and alters no list.
 * Targets gain `trendWeight` times the graph's trend. A plain list of edges may add `reciprocity.width` dimensions before the last two, see {@link withReciprocity}. A symmetric
 * ensemble has nothing of this.
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
    const context = members.length === 1 ? options.context : naming(options.context, `${at + 1} of ${members.length}`);
    return embedProducts(member, input, { ...options, context, ...shardsOf(options.shards, at) });
  };
  const joint = members.length === 1 ? await embed(members[0]!, 0) : await sideBySide(members, embed);
  if (configuration.symmetric) return joint;
  raiseTargets(joint, input.graph, configuration.trendWeight);
  lowerSources(joint, input.graph, offsetOf(configuration));
  const { width } = configuration.reciprocity;
  const reciprocity = { weight: reciprocityOf(configuration), width, seed: members[0]!.seed };
  return await withReversed(joint, input.graph, reciprocity, options.context);
}

/** With coordinates of reversed edges, where they have a weight and say something. */
async function withReversed(
  embeddings: Embeddings,
  graph: ProductGraph,
  options: Parameters<typeof withReciprocity>[2],
  context: RunContext,
): Promise<Embeddings> {
  if (options.weight === 0 || !mayReciprocate(graph)) return embeddings;
  return await withReciprocity(embeddings, graph.bought, options, context);
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

function lowerSources({ source, dimension }: Embeddings, graph: ProductGraph, offset: number): void {
  const degrees = inDegrees(graph.bought);
  for (let u = 0; u < degrees.length; u++) source[(u + 1) * dimension - 2]! -= offset * Math.log1p(degrees[u]!);
}

/** λ of member i of M: penalty · spread^(i − (M − 1) / 2). */
function memberConfiguration(configuration: BladeConfiguration, member: number): BladeConfiguration {
  const { members, optimiser } = configuration;
  const penalty = optimiser.penalty * optimiser.penaltySpread ** (member - (members - 1) / 2);
  return { ...configuration, optimiser: { ...optimiser, penalty } };
}

/** Every member's shards have a folder of their own. */
function shardsOf(shards: EmbeddingOptions['shards'], member: number): Pick<EmbeddingOptions, 'shards'> {
  return shards === undefined ? {} : { shards: { ...shards, folder: join(shards.folder, `${member + 1}`) } };
}

function memberSeed(seed: number, member: number): number {
  return member === 0 ? seed : new Random(seed).fork('member', member).seed;
}

function memberPath(path: string, member: number): string {
  return member === 0 ? path : `${path}.${member + 1}`;
}

/** The same context, whose progress says which member it is about. */
function naming(context: RunContext, which: string): RunContext {
  const { progress } = context;
  return {
    ...context,
    progress: {
      start: (task, options) => progress.start(`${task} (model ${which})`, options),
      update: (done, note) => progress.update(done, note),
      end: (note) => progress.end(note),
    },
  };
}
