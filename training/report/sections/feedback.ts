import {
  type Action,
  actions,
  type FeedbackFigures,
  type Outcome,
  type Proportion,
} from '../../../src/feedback/index.ts';
import { section, table } from '../elements.ts';
import { count, counted, isMeasured, moment, notMeasured, share, shareOf } from '../format.ts';
import { type Content, html, type Markup } from '../html.ts';
import { figure } from '../plots/draw.ts';
import { actionTitles, feedbackPlot, interval } from '../plots/feedback.ts';

const heading = 'What became of recommendations';

/** What visitors did with what was shown to them; nothing where no feedback was taken in. */
export function feedbackSection(feedback: FeedbackFigures | null | undefined): Markup | null {
  if (feedback === null || feedback === undefined) return null;
  const { events, groups } = feedback;
  if (groups.length === 0) {
    return section(
      'feedback',
      heading,
      html`<p class="absent">No exposure was reported, so nothing can be credited: ${actions.map((action, i) => html`${i > 0 && ', '}${counted(events[action], action)}`)}.</p>`,
    );
  }
  const named = groups.map((group) => ({ ...group, name: nameOf(group) }));
  const plot = feedbackPlot(
    'plot-feedback',
    'exposures',
    named.map(({ name, perExposure }) => ({ label: name, shares: perExposure })),
  );
  return section(
    'feedback',
    heading,
    html`<p>${counted(events.exposure, 'exposure')} from ${moment(feedback.from)} to ${moment(feedback.to)}. An action belongs to the exposure that it names, or to the last one that showed the product to the same visitor within ${count(feedback.windowHours)} hours. Events sent twice and those of declared crawlers are left out.</p>
${outcomeTable('By release and variant', 'Release, variant', named)}
${plot !== null && figure(plot)}
${comparisons(feedback)}
${outcomeTable(
  'By how the list was found',
  'Strategy',
  feedback.strategies.map((one) => ({ ...one, name: one.strategy })),
)}
${positions(feedback)}
${credited(feedback)}`,
  );
}

function nameOf({ release, variant }: { readonly release: string; readonly variant: string | null }): string {
  return variant === null ? release : `${variant} · ${release}`;
}

function outcomeTable(caption: string, first: string, rows: readonly (Outcome & { readonly name: string })[]): Markup {
  return table(
    `${caption}: share of exposures with at least one action, 95 % interval`,
    [
      { heading: first },
      { heading: 'Exposures', numeric: true },
      { heading: 'Visitors', numeric: true },
      ...actions.map((action) => ({ heading: actionTitles[action], numeric: true })),
    ],
    rows.map(({ name, exposures, visitors, perExposure }) => [
      html`<bdi>${name}</bdi>`,
      count(exposures),
      count(visitors),
      ...actions.map((action) => cell(perExposure[action])),
    ]),
  );
}

function cell(proportion: Proportion): Content {
  if (proportion.share === null) return notMeasured;
  return html`${share(proportion.share)}<span class="note">${interval(proportion)}</span>`;
}

/** Variants of an experiment against its control, by visitors. */
function comparisons({ comparisons, variants }: FeedbackFigures): Markup | null {
  if (comparisons.length === 0) return null;
  const of = (experiment: string, variant: string) =>
    variants.find((one) => one.experiment === experiment && one.variant === variant);
  return table(
    'Variants against their control: share of visitors with at least one action, difference in percentage points with its 95 % interval. An interval that holds 0 shows no difference.',
    [
      { heading: 'Experiment, variant' },
      { heading: 'Visitors', numeric: true },
      ...actions.map((action) => ({ heading: actionTitles[action], numeric: true })),
    ],
    comparisons.map(({ experiment, control, variant, difference }) => [
      html`<bdi>${experiment}</bdi>: <bdi>${variant}</bdi><span class="note">against ${control}, ${counted(of(experiment, control)?.visitors, 'visitor')}</span>`,
      count(of(experiment, variant)?.visitors),
      ...actions.map((action) => differenceCell(difference[action])),
    ]),
  );
}

function differenceCell(difference: FeedbackFigures['comparisons'][number]['difference'][Action]): Content {
  if (difference === null || !isMeasured(difference.value)) return notMeasured;
  const text = points(difference.value);
  const clear = difference.low > 0 || difference.high < 0;
  return html`${clear ? html`<strong>${text}</strong>` : text}<span class="note">${points(difference.low)} … ${points(difference.high)}</span>`;
}

/** 0.0123 → "+1.2". */
function points(value: number): string {
  if (!isMeasured(value)) return notMeasured;
  const text = (value * 100).toFixed(1);
  return Number(text) === 0 ? '0.0' : text.startsWith('-') ? text.replace('-', '−') : `+${text}`;
}

function positions({ positions }: FeedbackFigures): Markup {
  return html`<details><summary>Table: clicks by place in the list</summary>
${table(
  'Share of what stood at a place that was clicked, 95 % interval',
  [
    { heading: 'Place', numeric: true },
    { heading: 'Shown', numeric: true },
    { heading: 'Clicked', numeric: true },
  ],
  positions.map(({ position, clicked }) => [count(position), count(clicked.of), cell(clicked)]),
)}</details>
`;
}

function credited({ credited, events }: FeedbackFigures): Markup {
  return html`<details><summary>Table: how actions were credited</summary>
${table(
  'Actions by how they were credited',
  [
    { heading: 'Action' },
    { heading: 'All', numeric: true },
    { heading: 'Named an exposure', numeric: true },
    { heading: 'Seen before', numeric: true },
    { heading: 'To none', numeric: true },
  ],
  actions.map((action) => {
    const { named, window, none } = credited[action];
    const part = (n: number): Content => html`${count(n)}<span class="note">${shareOf(n, events[action])}</span>`;
    return [actionTitles[action], count(events[action]), part(named), part(window), part(none)];
  }),
)}</details>
`;
}
