import { checkReportData } from './check.js';
import { clipsSection } from './clips-section.js';
import { curvesSection } from './curves-section.js';
import { formatTime } from './format.js';
import { Html, html } from './html.js';
import type { ReportData } from './report-data.js';
import { scoresSection } from './scores-section.js';
import { setupSection } from './setup-section.js';
import { stagesSection } from './stages-section.js';
import { style } from './style.js';
import { keyFigures, summarySection } from './summary-section.js';

/** The page can't reach out: no script, no other origin, whatever its data say. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * Renders one self-contained HTML page about a run: no scripts, no network, light and dark, fit for print and phone.
 *
 * @param data - What is known of the run; sections whose data are missing are left out.
 * @returns The page as text, to be written as UTF-8. Equal data give equal text.
 * @throws {@link DataError} if the data contradict themselves: a detail without its prediction, an image that is no data
 *   URI, a metric that the table does not have, a score that is not finite.
 */
export function renderReport(data: ReportData): string {
  checkReportData(data);
  const sections = [
    ['Results', summarySection(data)],
    ['Training', curvesSection(data)],
    ['Scores', scoresSection(data)],
    ['Stages', stagesSection(data)],
    ['Clips', clipsSection(data)],
  ] as const;
  const shown = sections.flatMap(([name, section]) => (section === null ? [] : [{ name, section }]));
  const ids: Record<string, string> = { Results: 'summary' };
  const links = [...shown.map(({ name }) => name), 'Reproduce', 'Configuration'].map(
    (name) => html`<li><a href="#${ids[name] ?? name.toLowerCase()}">${name}</a></li>`,
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="@mcore/report">
<title>${data.title} · MCoRe report</title>
<style>${new Html(style)}</style>
</head>
<body>
<header class="top"><p class="eyebrow">MCoRe report · <time datetime="${data.createdAt}">${formatTime(data.createdAt)}</time></p>
<h1>${data.title}</h1><p class="lead">${data.description}</p>
${sourceStatement(data)}
${keyFigures(data)}
<nav aria-label="Sections"><ul>${links}</ul></nav></header>
<main>${shown.map(({ section }) => section)}${setupSection(data)}</main>
<footer><p>Written by @mcore/report. This page is one file and loads nothing.</p></footer>
</body>
</html>
`;
  return page.text;
}

function sourceStatement({ source }: ReportData): Html {
  if (!source.rendered) return html`<p class="source">Clips: ${source.description}.</p>`;
  return html`<p class="source rendered"><strong>Rendered dives.</strong> The clips are drawings made from the labels of real dives, not video of athletes (${source.description}). The numbers show what the method learns from such drawings; they can't be compared with published results on real video.</p>`;
}
