import { moment, setting } from './format.ts';
import { html, type Markup, trusted } from './html.ts';
import { dataSection } from './sections/data.ts';
import { directionSection } from './sections/direction.ts';
import { examplesSection } from './sections/examples.ts';
import { graphSection } from './sections/graph.ts';
import { rankingSection } from './sections/ranking.ts';
import { gatesSection, indexSection } from './sections/release.ts';
import { runSection, stagesSection } from './sections/run.ts';
import { summarySection } from './sections/summary.ts';
import { trainingSection } from './sections/training.ts';
import { style } from './style.ts';
import type { ReportData } from './types.ts';

const contents = [
  ['ranking', 'Quality'],
  ['direction', 'Direction'],
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
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Quality report: ${data.title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${header(data)}
<main>
${summarySection(data)}
${rankingSection(data)}
${directionSection(data)}
${gatesSection(data)}
${indexSection(data)}
${trainingSection(data)}
${dataSection(data)}
${graphSection(data)}
${examplesSection(data)}
${stagesSection(data)}
${runSection(data)}
</main>
<footer>Written by Oneway. This page loads nothing and runs nothing.</footer>
</body>
</html>
`;
  return page.toString();
}

function header(data: ReportData): Markup {
  const release = data.release === null ? 'no release' : html`release <bdi>${data.release}</bdi>`;
  return html`<header>
<h1>Quality report: <bdi>${data.title}</bdi></h1>
<p class="subtitle">${moment(data.createdAt)} · ${release} · run <bdi>${data.run}</bdi> · seed ${setting(data.seed)}</p>
<nav aria-label="Parts of the report"><ul>${contents.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>`;
}
