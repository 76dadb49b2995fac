import { absent, section, table } from '../elements.ts';
import { bytes, duration, moment, setting, shareOf } from '../format.ts';
import { html, type Markup } from '../html.ts';
import type { ReportData } from '../types.ts';

export function stagesSection(report: ReportData): Markup {
  const heading = 'Time and memory';
  const stages = report.stages;
  if (stages === null || stages.length === 0) return absent(report, 'stages', heading);
  const total = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  return section(
    'stages',
    heading,
    table(
      `Stages in the order of the run; highest resident memory of the whole ${bytes(report.peakMemoryBytes)}`,
      [
        { heading: 'Stage' },
        { heading: 'Time', numeric: true },
        { heading: 'Share', numeric: true },
        { heading: 'Peak memory so far', numeric: true },
        { heading: 'Note' },
      ],
      stages.map((stage) => [
        stage.stage,
        duration(stage.seconds),
        shareOf(stage.seconds, total),
        bytes(stage.memoryBytes),
        stage.resumed ? 'from an earlier run' : '',
      ]),
      {
        foot: html`<tr><th scope="row">Sum</th><td class="figure">${duration(total)}</td><td></td><td></td><td></td></tr>`,
      },
    ),
  );
}

export function runSection(report: ReportData): Markup {
  const versions = Object.entries(report.versions);
  return section(
    'run',
    'Configuration and versions',
    html`${table(
      'This run',
      [{ heading: 'Name' }, { heading: 'Value' }],
      [
        ['Run', html`<bdi>${report.run}</bdi>`],
        ['Release', report.release === null ? 'none' : html`<bdi>${report.release}</bdi>`],
        ['Created', moment(report.createdAt)],
        ['Seed', setting(report.seed)],
        ...versions.map(([name, version]) => [name, html`<bdi>${version}</bdi>`]),
      ],
    )}
<h3 id="configuration">Configuration as used</h3>
<pre tabindex="0" role="region" aria-labelledby="configuration">${JSON.stringify(report.configuration, null, 2)}</pre>`,
  );
}
