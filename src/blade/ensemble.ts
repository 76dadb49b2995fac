import { Random } from '../random.ts';
import { collectShared } from '../tensor/index.ts';
import { bestPath } from './best-copy.ts';
import type { BladeConfiguration } from './configuration.ts';
import { memberContext } from './member-context.ts';
import { type BladeEnsemble, type BladeModel, loadBlade, saveBlade } from './model.ts';
import { parameterBytes } from './parameters.ts';
import { settle } from './settle.ts';
import { type TrainingInput, type TrainingOptions, trainBlade } from './train.ts';
import type { EpochRecord } from './types.ts';

export interface EnsembleResult {
  readonly model: BladeEnsemble;
  /** Means over the members that ran an epoch; their seconds are added up. */
  readonly history: readonly EpochRecord[];
  /** The measured epoch nearest to the mean of the members' best ones, counted from 1. */
  readonly bestEpoch: number;
}

/**
 * Trains `configuration.members` models one after the other. They differ by their seed and, by `penaltySpread`, in how much they are held back
 * (hyper-deep ensembles: Wenzel, Snoek, Tran and Jenatton, NeurIPS 2020). Their configurations hold as numbers what was left to validation, see {@link settle}.
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
    context: memberContext(context, at, count),
    ...(checkpoint === undefined ? {} : { checkpoint: { path: memberPath(checkpoint.path, at) } }),
  });
  const { history, bestEpoch } = trained;
  const model = { ...trained.model, configuration };
  const bytes = parameterBytes(model.parameters);
  if (resting === null) return { history, bestEpoch, bytes, model };
  await saveBlade(resting, { members: [model] });
  return { history, bestEpoch, bytes, model: resting };
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

/** λ of member i of M: penalty · spread^(i − (M − 1) / 2). */
function memberConfiguration(configuration: BladeConfiguration, member: number): BladeConfiguration {
  const { members, optimiser } = configuration;
  const penalty = optimiser.penalty * optimiser.penaltySpread ** (member - (members - 1) / 2);
  return { ...configuration, optimiser: { ...optimiser, penalty } };
}

function memberSeed(seed: number, member: number): number {
  return member === 0 ? seed : new Random(seed).fork('member', member).seed;
}

function memberPath(path: string, member: number): string {
  return member === 0 ? path : `${path}.${member + 1}`;
}
