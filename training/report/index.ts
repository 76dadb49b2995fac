/**
 * The quality report: from a run's figures to one self-contained HTML page.
 * @module
 */
export { renderAblationPage, renderFeedbackPage, renderReport } from './render.ts';
export * from './types.ts';
