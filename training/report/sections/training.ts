import { absent, facts, section } from '../elements.ts';
import { count, decimal, duration, isMeasured, share, significant } from '../format.ts';
import { html, type Markup } from '../html.ts';
import { curvesPlot } from '../plots/curves.ts';
import { figure } from '../plots/draw.ts';
import type { ReportData } from '../types.ts';

const heading = 'Training';

export function trainingSection(report: ReportData): Markup {
  const training = report.training;
  if (training === null) return absent(report, 'training', heading);
  const { epochs } = training;
  const best = epochs.find((epoch) => epoch.epoch === training.bestEpoch);
  const plot = curvesPlot(training);
  return section(
    'training',
    heading,
    html`${facts([
      [
        'Epochs run',
        isMeasured(training.maximumEpochs)
          ? `${count(epochs.length)} of ${count(training.maximumEpochs)} allowed`
          : count(epochs.length),
      ],
      ['Best epoch', best === undefined ? 'not chosen by validation' : count(best.epoch)],
      ['Its validation HitRate@10', share(best?.hitRate)],
      ['Its validation MRR@10', decimal(best?.mrr)],
      ['Last loss', significant(epochs.at(-1)?.loss)],
      ['Time in epochs', duration(epochs.reduce((sum, epoch) => sum + epoch.seconds, 0))],
      ['Backend', training.backend],
      ['Embedding', `${count(training.dimension)} dimensions, source and target`],
      ['Parameters', count(training.parameters)],
    ])}
${plot === null ? html`<p class="absent">No curve: no epoch has a figure.</p>` : figure(plot)}`,
  );
}
