/** Style of the landing page. Colours keep a contrast of at least 4.5 : 1 in both schemes. */
export const landingStyle = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf7; --panel: #ffffff; --ink: #1c1b19; --quiet: #5c5850; --line: #dedad1;
  --accent: #0b5d52; --accent-soft: #e2f1ee; --focus: #b4530a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #171614; --panel: #211f1c; --ink: #f1eee8; --quiet: #b3ada1; --line: #3a3732;
    --accent: #7ad1c2; --accent-soft: #1e3a35; --focus: #f0a35e;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--panel); padding: .5rem 1rem; z-index: 3; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.5rem; padding-top: 2rem; }
h1 { font-size: 1.75rem; margin: 0; letter-spacing: -.01em; }
header p { margin: 0; color: var(--quiet); flex: 1 1 18rem; text-wrap: balance; }
nav { display: flex; gap: 1rem; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1.5rem; }
.facts div { flex: 1 1 auto; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .5rem .75rem; }
.facts dt { color: var(--quiet); font-size: .8125rem; }
.facts dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
.search { position: relative; max-width: 40rem; }
input { width: 100%; font: inherit; padding: .65rem .8rem; border: 1px solid var(--quiet); border-radius: 8px; background: var(--panel); color: inherit; }
::placeholder { color: var(--quiet); opacity: 1; }
[role=listbox] { position: absolute; z-index: 2; left: 0; right: 0; margin: .25rem 0 0; padding: .25rem; list-style: none; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 8px 24px rgb(0 0 0 / .18); max-height: 22rem; overflow: auto; }
[role=option] { padding: .5rem .6rem; border-radius: 6px; cursor: pointer; }
[role=option][aria-selected=true] { background: var(--accent-soft); }
.note { color: var(--quiet); font-size: .875rem; }
[hidden] { display: none !important; }
.product { margin: 1.75rem 0 .75rem; }
.product h2 { margin: 0; font-size: 1.35rem; }
.product h2:focus { outline: none; }
.product p { margin: .15rem 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; align-items: start; }
.column { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .75rem 1rem 1rem; }
.column h3 { margin: 0; font-size: 1.05rem; }
.arrow { color: var(--accent); font-weight: 700; }
ol { list-style: none; margin: .5rem 0 0; padding: 0; }
ol li + li { border-top: 1px solid var(--line); }
.result { display: block; width: calc(100% + 1rem); margin: 0 -.5rem; text-align: left; font: inherit; color: inherit; background: none; border: 0; padding: .6rem .5rem; cursor: pointer; border-radius: 6px; min-height: 44px; }
.result:hover { background: var(--accent-soft); }
.result strong { display: block; font-weight: 600; }
.result span { display: block; color: var(--quiet); font-size: .875rem; }
footer { color: var(--quiet); font-size: .875rem; border-top: 1px solid var(--line); margin-top: 2rem; }
code { font-size: .9em; }
`;
