/** Loads releases as the service does, in a process of its own because Node 20 runs no TypeScript in a thread. Prints JSON lines. */
import { Recommender } from '../../../src/lookup/index.ts';
import { openRelease, Workspace } from '../../../src/release/index.ts';

const [, , root = '', ...ids] = process.argv;
const workspace = new Workspace(root);
const asked = ['phone-0001', 'case-0001', 'mug-0016'];
const answersOf = (recommender: Recommender): string =>
  JSON.stringify(
    [
      ...asked.flatMap((id) => [recommender.related(id), recommender.similar(id)]),
      recommender.related('phone-0001', { rules: { filter: { price: { atMost: 200 } } } }),
      recommender.search('aurel', 5),
    ],
    (key, value: unknown) => (key === 'exposure' ? null : value),
  );
for (const id of ids) {
  try {
    const recommender = await Recommender.load(workspace, id, { threadFromBytes: 0 });
    const { release } = recommender;
    const threaded = answersOf(recommender);
    const direct = answersOf(new Recommender(await openRelease(workspace, id)));
    process.stdout.write(`${JSON.stringify({ id, same: threaded === direct, products: release.products.length })}\n`);
  } catch (error) {
    const { code, message, details } = error as { code?: string; message: string; details?: object };
    process.stdout.write(`${JSON.stringify({ id, code, message, details })}\n`);
  }
}
