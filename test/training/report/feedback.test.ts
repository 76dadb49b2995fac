import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/context.ts';
import { exposureId, type FeedbackEvent, FeedbackLog } from '../../../src/feedback/index.ts';
import { Workspace } from '../../../src/release/index.ts';
import { workspaceFeedback } from '../../../training/feedback.ts';
import { renderFeedbackPage, renderReport } from '../../../training/report/index.ts';
import { quietContext } from '../../quiet-context.ts';
import { sampleReport } from './sample.ts';

const context = quietContext();

test('a workspace of its own shows what its visitors did, written a moment ago too', async () => {
  const root = await mkdtemp(join(tmpdir(), 'oneway-feedback-report-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const workspace = new Workspace(root);
  const none = await workspaceFeedback(workspace, 24, context);
  expect(none.groups).toEqual([]);
  expect(renderFeedbackPage(none, { title: 'shop', createdAt: '' })).toContain('No exposure was reported');
  const log = await FeedbackLog.open(workspace, { logger: context.logger, clock: systemClock });
  onTestFinished(() => log.close());
  const exposure = exposureId('u1', { release: 'r1', variant: 'a.b', strategy: 'lists' });
  const events: FeedbackEvent[] = [
    { type: 'exposure', id: '1', visitor: 'v', exposure, products: ['p', 'q'] },
    { type: 'click', id: '2', visitor: 'v', exposure, product: 'q' },
  ];
  await log.add(events.map((event) => ({ event, robot: false })));
  const figures = await workspaceFeedback(workspace, 24, context);
  expect(figures.groups).toMatchObject([{ release: 'r1', variant: 'a.b', exposures: 1 }]);
  expect(figures.positions.map(({ clicked }) => clicked.count)).toEqual([0, 1]);
  const page = renderFeedbackPage(figures, { title: '<b>shop', createdAt: '2026-11-20T00:00:00Z' });
  expect(page).toContain('a.b · r1');
  expect(page).toContain('&lt;b&gt;shop');
  expect(await readFile(join(root, 'feedback', 'visitors.json'), 'utf8')).toContain('key');
});

test('the report has the section where feedback was taken in, and no trace of it elsewhere', () => {
  expect(renderReport(sampleReport())).toContain('id="plot-feedback"');
  const { feedback: _feedback, ...rest } = sampleReport();
  expect(renderReport(rest)).not.toContain('feedback');
});
