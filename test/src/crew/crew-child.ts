/** A crew whose workers do as they are told; prints what became of each order as a line of JSON. */
import { isMainThread } from 'node:worker_threads';
import { Crew, serveCrew } from '../../../src/crew/index.ts';
import { OnewayError } from '../../../src/errors.ts';

type Order = 'sum' | 'throw' | 'refuse' | 'exit' | 'endless';

interface Shared {
  readonly cells: Int32Array;
}

async function outcomeOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return error instanceof OnewayError
      ? { code: error.code, message: error.message, hint: error.hint }
      : String(error);
  }
}

async function main(): Promise<void> {
  const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
  const open = () => {
    const cells = new Int32Array(new SharedArrayBuffer(64));
    return Crew.open<Order, number>(new URL(import.meta.url), 3, { cells });
  };
  for (const order of ['throw', 'refuse', 'exit'] as const) {
    const crew = await open();
    const before = await crew.run('sum');
    const failure = await outcomeOf(() => crew.run(order));
    const after = await outcomeOf(() => crew.run('sum'));
    await crew.close();
    print({ order, before, failure, after });
  }
  const crew = await open();
  const told: unknown[] = [];
  const answer = crew.run('endless', (news) => {
    told.push(news);
    crew.stop();
  });
  print({ order: 'endless', lanes: (await answer).length, told: told.length });
  await crew.close();
  print({ order: 'closed', failure: await outcomeOf(() => crew.run('sum')) });
  print({ order: 'absent', failure: await outcomeOf(() => Crew.open(new URL('absent.js', import.meta.url), 2, {})) });
}

if (isMainThread) {
  await main();
} else {
  serveCrew<Shared, Order, number>(({ cells }, { lane, size, meet, stops, tell }) => (order) => {
    if (order === 'endless') {
      for (let round = 0; !stops(); round++) if (lane === 0 && round === 0) tell('round');
      return lane;
    }
    if (lane === 1 && order === 'throw') throw new TypeError('a defect');
    if (lane === 1 && order === 'refuse') throw new OnewayError('GRAPH_EMPTY', 'Nothing.', { hint: 'More.' });
    if (lane === 1 && order === 'exit') process.exit(3);
    // Each adds to the cell of the next, who reads it only after all were there.
    for (let round = 0; round < 1000; round++) {
      cells[lane]! += 1;
      meet();
      const sum = cells[0]! + cells[1]! + cells[2]!;
      if (sum !== size * (round + 1)) throw new Error(`${sum} in round ${round}`);
      meet();
    }
    cells[lane] = 0;
    meet();
    return lane;
  });
}
