import { stageVariables } from './stage-colors.js';

/** The page's style sheet, made when a page is, so that a bundle without pages holds nothing of it. Colours are variables, so that drawings follow light and dark with it. */
export const style = (): string => `
:root {
  --paper: #eef4f6; --panel: #ffffff; --ink: #0a2230; --muted: #48616e; --line: #c3d2d9; --accent: #00688f;
  --note: #fdeee9; --note-line: #c2410c; --display: "Barlow Condensed", "Arial Narrow", sans-serif;
  ${stageVariables('light')}
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #071820; --panel: #0d2530; --ink: #e4f0f5; --muted: #9db6c2; --line: #26434f; --accent: #5cc6ec;
    --note: #33190f; --note-line: #ff8a5c;
    ${stageVariables('dark')}
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0 auto; max-width: 60rem; padding: 2.5rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 Barlow, system-ui, sans-serif; overflow-wrap: break-word; }
h1, h2 { font-family: var(--display); font-weight: 600; line-height: 1.05; }
h1 { margin: 0.2rem 0 0.5rem; font-size: clamp(1.9rem, 5vw, 2.7rem); }
h2 { margin: 3rem 0 1rem; padding-top: 1rem; border-top: 2px solid var(--ink); font-size: 1.6rem; }
/* names of clips are long words */
h3 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; max-width: 46rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.eyebrow { margin: 0; color: var(--muted); font-size: 0.9rem; }
.lead { font-size: 1.15rem; color: var(--muted); }
.source { color: var(--muted); }
.source.rendered { padding: 0.8rem 1rem; border-left: 4px solid var(--note-line); background: var(--note); color: var(--ink); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1px; margin: 1.6rem 0;
  border: 1px solid var(--line); background: var(--line); }
.figures > div { padding: 0.9rem 1rem; background: var(--panel); }
.figures dt { color: var(--muted); font-size: 0.9rem; }
.figures dd { margin: 0; }
.figures strong { font-family: var(--display); font-size: 2.2rem; font-weight: 600; line-height: 1.1; font-variant-numeric: tabular-nums; }
.figures span { display: block; color: var(--muted); font-size: 0.82rem; font-variant-numeric: tabular-nums; }
nav ul, .legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; margin: 0; padding: 0; list-style: none; }
section { scroll-margin-top: 1rem; }
.scroll { overflow-x: auto; }
details { margin: 0 0 1rem; }
summary { padding: 0.35rem 0; color: var(--accent); cursor: pointer; }
table { width: 100%; border-collapse: collapse; font-size: 0.94rem; font-variant-numeric: tabular-nums; }
.caption { margin: 0 0 0.5rem; color: var(--muted); font-size: 0.88rem; }
th, td { padding: 0.45rem 0.8rem 0.45rem 0; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; font-weight: 400; }
th:first-child { text-align: left; }
thead th { font-weight: 600; vertical-align: bottom; }
tbody.plain td { white-space: nowrap; }
tbody.model:not(.plain) th[scope=row], tbody.model:not(.plain) td { font-weight: 600; }
th[scope=rowgroup] { padding-top: 1.1rem; color: var(--muted); font-size: 0.85rem; }
tbody.published td, tbody.published th[scope=row] { color: var(--muted); }
small { display: block; color: var(--muted); font-size: 0.8rem; font-weight: 400; line-height: 1.35; }
.facts small { display: inline; }
figure { margin: 0 0 2rem; }
figcaption { margin-top: 0.5rem; max-width: 46rem; color: var(--muted); font-size: 0.88rem; }
figcaption strong { color: var(--ink); }
.plot { display: block; width: 100%; height: auto; font: 12px Barlow, system-ui, sans-serif; overflow: visible; }
.plot text { white-space: pre; }
.narrow { display: none; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 2rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.5rem; }
.legend { margin-bottom: 1rem; font-size: 0.9rem; }
.parts { margin: 0.6rem 0 0; }
.swatch { display: inline-block; width: 0.85em; height: 0.85em; margin-right: 0.4em; vertical-align: -0.08em; }
.stage-0 { background: var(--stage-0); } .stage-1 { background: var(--stage-1); } .stage-2 { background: var(--stage-2); }
.stage-3 { background: var(--stage-3); } .stage-4 { background: var(--stage-4); } .stage-5 { background: var(--stage-5); }
article { margin: 0 0 2rem; padding: 1.2rem; border: 1px solid var(--line); background: var(--panel); }
article header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; }
article header p { margin: 0; color: var(--muted); }
article figure { margin-bottom: 1.2rem; }
.facts { display: flex; flex-wrap: wrap; gap: 0.4rem 1.8rem; margin: 0.6rem 0 1.1rem; }
.facts dt { color: var(--muted); font-size: 0.82rem; }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; }
.strip { display: grid; grid-template-columns: repeat(var(--columns), 1fr); gap: 0.6rem 3px; margin: 0; padding: 0; list-style: none; }
.strip img { display: block; width: 100%; height: auto; }
.mark { display: block; height: 5px; margin-top: 2px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.frame { font-size: 0.78rem; color: var(--muted); font-variant-numeric: tabular-nums; }
.frame abbr { color: var(--ink); font-weight: 700; text-decoration: none; }
article tbody th { max-width: 15rem; overflow-wrap: anywhere; }
.delta { position: relative; min-width: 7.5rem; }
.delta::before { content: ""; position: absolute; left: 32%; top: 0.35rem; bottom: 0.35rem; width: 1px; background: var(--muted); }
.bar { position: absolute; top: 0.75rem; height: 0.6rem; width: var(--share); background: var(--accent); }
.bar.up { left: 32%; } .bar.down { right: 68%; background: var(--stage-2); }
.pairs { table-layout: fixed; }
.pairs th, .pairs td { text-align: left; overflow-wrap: anywhere; }
.pairs th[scope=row] { width: 40%; color: var(--muted); }
pre { overflow-x: auto; padding: 0.9rem 1rem; border: 1px solid var(--line); background: var(--panel); font: 0.88rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
footer { margin-top: 3rem; color: var(--muted); font-size: 0.85rem; }
@media screen and (max-width: 46rem) {
  body { padding: 1.5rem 1rem 3rem; }
  .wide { display: none; } .narrow { display: block; }
  .pairs th[scope=row] { width: 50%; }
  table:not(.pairs, .stack) { min-width: max-content; }
  /* a row of results becomes a list: metric, value, interval */
  .stack, .stack tbody, .stack tr, .stack th, .stack td { display: block; text-align: left; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack th[scope=row] { padding-bottom: 0; border: 0; font-weight: 600; }
  .stack tr:has(td) { padding: 0.3rem 0 0.6rem; border-bottom: 1px solid var(--line); }
  .stack td { display: flex; flex-wrap: wrap; gap: 0 0.6rem; padding: 0.1rem 0; border: 0; }
  .stack td::before { content: attr(data-metric); width: 6.5rem; color: var(--muted); font-weight: 400; }
  .stack td small { align-self: center; }
  table:not(.pairs, .stack) th:not([scope=rowgroup]):first-child { position: sticky; left: 0; z-index: 1; max-width: 8.5rem; background: var(--paper); }
  article table:not(.pairs) th:first-child { background: var(--panel) !important; }
  table:not(.pairs, .stack) thead th { max-width: 7rem; }
  th[scope=rowgroup] { max-width: calc(100vw - 2rem); }
  .pair, .grid { grid-template-columns: 1fr; }
  article { padding: 0.9rem; }
  .strip { grid-template-columns: repeat(4, 1fr); }
}
@media print {
  :root { --paper: #ffffff; --panel: #ffffff; --ink: #000000; --muted: #444444; --line: #bbbbbb; --accent: #0a6ea6; --note: #ffffff;
    ${stageVariables('light')} }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  .grid { grid-template-columns: 1fr 1fr; }
  h2, h3, figcaption, .caption { break-after: avoid; }
  figure, tr, .figures > div, .facts { break-inside: avoid; }
  .scroll, pre { overflow: visible; white-space: pre-wrap; }
  details::details-content { content-visibility: visible; height: auto; }
  .swatch, .bar { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
