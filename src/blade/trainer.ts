import { type RunContext, throwIfAborted } from '../context.ts';
import { crewSize } from '../crew/index.ts';
import { Random } from '../random.ts';
import type { Backend } from '../tensor/index.ts';
import { BatchMaker } from './batch.ts';
import { embeddingRoom, embedWith } from './embed.ts';
import { Engine, type EpochOrder, type StepNews, stepsOf } from './engine/index.ts';
import { type Material, paysForWorkers } from './material.ts';
import type { BladeModel } from './model.ts';
import type { Parameters } from './parameters.ts';
import { ratesAt } from './rates.ts';
import { trainStep } from './step.ts';
import type { Embeddings } from './types.ts';

/** What moves the parameters. */
export interface Trainer {
  /**
   * Trains for one epoch, and tells the loss of every step. After one that is not finite it ends early.
   * @throws OnewayError `ABORTED` on the signal.
   */
  epoch(order: EpochOrder, signal: AbortSignal, tell: (news: StepNews) => void): Promise<void>;
  /**
   * The embeddings of the parameters as they are, until the next call.
   * @param wanted products whose source rows are needed; null for all.
   */
  embed(model: BladeModel, context: RunContext, wanted: Uint32Array | null): Promise<Embeddings>;
  close(): Promise<void>;
}

/** On WebAssembly, with libtensorflow's products or without, the engine over all cores; elsewhere the backend's own operations with their tape. */
export async function openTrainer(
  material: Material,
  parameters: Parameters,
  { backend, context }: { readonly backend: Backend; readonly context: RunContext },
): Promise<Trainer> {
  const onTape = backend.name !== 'wasm' && backend.native === null;
  const size = crewSize(context.workers ?? null, paysForWorkers(material));
  const engine = await Engine.open(material, parameters, size, backend.native);
  const maker = onTape ? new BatchMaker(material) : null;
  let room: Embeddings | undefined;
  return {
    epoch: (order, signal, tell) =>
      maker === null
        ? engine.epoch(order, signal, tell)
        : epochOnTape(maker, material, parameters, order, signal, tell),
    embed: (model, context, wanted) => {
      room ??= embeddingRoom(model);
      return embedWith(engine, model, { context }, room, wanted);
    },
    close: () => {
      room = undefined;
      return engine.close();
    },
  };
}

async function epochOnTape(
  maker: BatchMaker,
  { configuration, graph }: Material,
  parameters: Parameters,
  order: EpochOrder,
  signal: AbortSignal,
  tell: (news: StepNews) => void,
): Promise<void> {
  const random = new Random(order.seed);
  for (const { step, sources } of stepsOf(order)) {
    throwIfAborted(signal);
    const batch = maker.make(sources, order.epoch, random.fork('step', step));
    const rates = ratesAt(step, order.total, configuration.optimiser);
    const loss = await trainStep(parameters, batch, configuration, graph.bought.edgeCount, rates);
    tell({ step, loss });
    if (!Number.isFinite(loss)) return;
    await new Promise(setImmediate);
  }
}
