import type { FeedbackFigures } from '../../src/feedback/index.ts';
import { moment, setting } from './format.ts';
import { html, type Markup } from './html.ts';
import { page } from './page.ts';
import { ablationSection } from './sections/ablation.ts';
import { dataSection } from './sections/data.ts';
import { directionSection } from './sections/direction.ts';
import { examplesSection } from './sections/examples.ts';
import { feedbackSection } from './sections/feedback.ts';
import { graphSection } from './sections/graph.ts';
import { rankingSection } from './sections/ranking.ts';
import { gatesSection, indexSection } from './sections/release.ts';
import { runSection, stagesSection } from './sections/run.ts';
import { summarySection } from './sections/summary.ts';
import { trainingSection } from './sections/training.ts';
import type { AblationPart, ReportData } from './types.ts';

const contents = [
  ['ranking', 'Quality'],
  ['direction', 'Direction'],
  ['ablation', 'Choices'],
  ['feedback', 'Feedback'],
  ['gates', 'Gates'],
  ['index', 'Index'],
  ['training', 'Training'],
  ['data', 'Data'],
  ['graph', 'Graph'],
  ['examples', 'Examples'],
  ['stages', 'Time'],
  ['run', 'Configuration'],
] as const;

/**
 * The quality report as one self-contained HTML page: no script, no request, plots as inline SVG. The same data give
 * the same bytes. Every string of the data is escaped.
 */
export function renderReport(data: ReportData): string {
  const main = html`${summarySection(data)}
${rankingSection(data)}
${directionSection(data)}
${ablationSection(data.ablation)}
${feedbackSection(data.feedback)}
${gatesSection(data)}
${indexSection(data)}
${trainingSection(data)}
${dataSection(data)}
${graphSection(data)}
${examplesSection(data)}
${stagesSection(data)}
${runSection(data)}
`;
  return page(`Quality report: ${data.title}`, header(data), main);
}

/** An ablation of a public task on a page of its own: the report's section, with its style. */
export function renderAblationPage(
  ablation: AblationPart,
  { title, about }: { readonly title: string; readonly about: string },
): string {
  const header = html`<header>
<h1>Ablation: <bdi>${title}</bdi></h1>
<p class="subtitle">${about}</p>
</header>`;
  return page(`Ablation: ${title}`, header, html`${ablationSection(ablation)}`);
}

/** What became of recommendations, on a page of its own. */
export function renderFeedbackPage(
  feedback: FeedbackFigures,
  { title, createdAt }: { readonly title: string; readonly createdAt: string },
): string {
  const header = html`<header>
<h1>Feedback: <bdi>${title}</bdi></h1>
<p class="subtitle">${moment(createdAt)}</p>
</header>`;
  return page(`Feedback: ${title}`, header, html`${feedbackSection(feedback)}`);
}

function header(data: ReportData): Markup {
  const release = data.release === null ? 'no release' : html`release <bdi>${data.release}</bdi>`;
  return html`<header>
<h1>Quality report: <bdi>${data.title}</bdi></h1>
<p class="subtitle">${moment(data.createdAt)} · ${release} · run <bdi>${data.run}</bdi> · seed ${setting(data.seed)}</p>
<nav aria-label="Parts of the report"><ul>${contents.filter(([id]) => (id !== 'ablation' && id !== 'feedback') || (data[id] ?? null) !== null).map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>`;
}
