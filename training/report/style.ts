/**
 * The page's style. Text keeps a contrast of at least 4.5 on its ground in every scheme, lines of at least 3; lines
 * differ in symbol and dash as well as in colour.
 */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f6f6f4; --text: #1c1d1f; --muted: #5d6066; --line: #dcdcd8; --grid: #e9e9e5; --axis: #b5b6b2;
  --accent: #17536b; --good: #1f6b3a; --bad: #a8231b; --caution: #7a5200; --ours: #eaf3f6;
  --bar: #b9bfc4; --bar-variant: #86a9b6;
  --series-0: #17536b; --series-1: #c25a12; --series-2: #4b8b3b; --series-3: #8a5aa8; --series-4: #a8821b; --series-5: #7a7f86; --series-6: #c04a78; --series-7: #3d7fb8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15171a; --panel: #1d2024; --text: #e7e7e4; --muted: #a3a7ad; --line: #34383e; --grid: #272b30; --axis: #565b62;
    --accent: #7fc3dc; --good: #7fcf9a; --bad: #ff8f84; --caution: #e3b65c; --ours: #1b2b33;
    --bar: #4d535a; --bar-variant: #4f7f91;
    --series-0: #7fc3dc; --series-1: #ef9a5c; --series-2: #8fcb7c; --series-3: #c39be0; --series-4: #dcb950; --series-5: #a3a7ad; --series-6: #ec8cb2; --series-7: #86b6e8;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
header, main, footer { max-width: 52rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); font-weight: 650; }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; font-weight: 650; }
h4 { font-size: .875rem; margin: .75rem 0 .25rem; font-weight: 600; color: var(--muted); }
p { margin: 0 0 .9rem; max-width: 44rem; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.quiet, .subtitle { color: var(--muted); font-size: .875rem; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.absent { color: var(--muted); font-style: italic; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
nav ul { list-style: none; margin: 1rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .875rem; }
.verdict { font-size: 1.15rem; font-weight: 600; margin: 1.75rem 0 1.25rem; padding: .1rem 0 .1rem .9rem; border-left: 4px solid var(--muted); }
.verdict.good { border-color: var(--good); }
.verdict.bad { border-color: var(--bad); color: var(--bad); }
.verdict.open { border-color: var(--caution); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1px; margin: 0 0 1.5rem; background: var(--line); border: 1px solid var(--line); }
.tiles > div { background: var(--ground); padding: .75rem .9rem; }
.tiles dt { font-size: .8125rem; color: var(--muted); }
.tiles dd { margin: 0; }
.value { display: block; font-size: 1.375rem; line-height: 1.35; font-weight: 600; font-variant-numeric: tabular-nums; }
.value.absent { font-size: 1rem; font-weight: 400; line-height: 1.85; }
.note { display: block; font-size: .8125rem; color: var(--muted); font-weight: 400; }
.worries { margin: 0; padding: 0; list-style: none; }
.worries li { padding: .2rem 0; }
.worries a { font-weight: 600; font-size: .875rem; margin-right: .35rem; }
.worries .problem a { color: var(--bad); }
.worries .caution a { color: var(--caution); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .7rem 1.5rem; margin: 0 0 1.25rem; }
.facts dt { font-size: .8125rem; color: var(--muted); }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 1rem 0 1.25rem; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .875rem; line-height: 1.4; }
caption > span { display: inline-block; position: sticky; left: 0; max-width: min(44rem, calc(100vw - 2rem)); }
caption { text-align: left; color: var(--muted); padding-bottom: .5rem; font-size: .8125rem; }
th, td { text-align: left; vertical-align: baseline; padding: .38rem .9rem .38rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
th:last-child, td:last-child { padding-right: .4rem; }
thead th { color: var(--muted); font-size: .8125rem; vertical-align: bottom; border-bottom-color: var(--axis); }
tbody th { overflow-wrap: anywhere; min-width: 7rem; }
td .absent { font-size: .8125rem; }
ul.quiet { padding-left: 1.1rem; margin: 0 0 1rem; }
tfoot th, tfoot td { border-bottom: 0; border-top: 1px solid var(--axis); }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.figure .note { white-space: normal; }
tr.ours > * { background: var(--ours); }
tr.ours th { box-shadow: inset 3px 0 var(--accent); padding-left: .7rem; font-weight: 600; }
.role, .spread { color: var(--muted); font-size: .8125rem; font-weight: 400; }
.badge { font-weight: 600; }
.badge.passed { color: var(--good); }
.badge.failed { color: var(--bad); }
.badge.skipped { color: var(--caution); }
figure { margin: 1.5rem 0; break-inside: avoid; }
figcaption { color: var(--muted); font-size: .8125rem; margin-top: .4rem; max-width: 44rem; }
svg.plot { display: block; width: 100%; height: auto; overflow: visible; }
svg.narrow { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; margin: 0 0 .5rem; padding: 0; font-size: .8125rem; }
.key { width: 12px; height: 12px; margin-right: .4rem; vertical-align: -1px; }
.key.line { width: 30px; }
details { margin: .75rem 0; }
summary { cursor: pointer; color: var(--accent); font-size: .875rem; }
.samples { margin: 0; padding: 0; list-style: none; }
.samples li { margin: .35rem 0; }
code, pre { font: .8125rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { overflow-wrap: anywhere; }
pre { background: var(--panel); padding: .9rem 1rem; overflow: auto; max-height: 30rem; margin: 0; }
.examples { display: grid; grid-template-columns: 1fr; }
.examples article { padding: .9rem 0; border-bottom: 1px solid var(--line); break-inside: avoid; }
.examples h3 { margin: 0; overflow-wrap: anywhere; }
.examples p { margin: 0; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem; }
.pair ol { margin: 0; padding-left: 1.4rem; font-size: .875rem; overflow-wrap: anywhere; }
.pair li { margin: .25rem 0; }
.both { color: var(--caution); }
footer { color: var(--muted); font-size: .8125rem; padding: 2.5rem 1.25rem 3rem; }
@media (max-width: 560px) {
  header { padding-top: 1.5rem; }
  header, main, footer { padding-left: 1rem; padding-right: 1rem; }
  h1 { font-size: 1.4rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles > div { padding: .6rem .7rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts > div { display: flex; justify-content: space-between; gap: 1rem; border-bottom: 1px solid var(--line); padding: .35rem 0; }
  .facts dd { text-align: right; }
  .pair { grid-template-columns: 1fr; }
  th, td { padding-right: .6rem; }
  thead th:first-child, tbody th, tfoot th { position: sticky; left: 0; background: var(--ground); }
  tr.ours th { background: var(--ours); }
  svg.wide { display: none; }
  svg.narrow { display: block; }
}
@media print {
  :root {
    color-scheme: light;
    --ground: #fff; --panel: #fff; --text: #000; --muted: #444; --line: #ccc; --grid: #e5e5e5; --axis: #999;
    --accent: #17536b; --good: #1f6b3a; --bad: #a8231b; --caution: #7a5200; --ours: #f0f0f0; --bar: #b9bfc4; --bar-variant: #86a9b6;
    --series-0: #17536b; --series-1: #c25a12; --series-2: #4b8b3b; --series-3: #8a5aa8; --series-4: #a8821b; --series-5: #7a7f86; --series-6: #c04a78; --series-7: #3d7fb8;
  }
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  nav { display: none; }
  h2, h3, h4 { break-after: avoid; }
  tr { break-inside: avoid; }
  .scroll, pre { overflow: visible; max-height: none; }
  pre { white-space: pre-wrap; padding: 0; }
  svg.wide { display: block; }
  svg.narrow { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
