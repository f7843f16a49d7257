import { formatTime } from './format.js';
import { Html, html } from './html.js';
import { style } from './style.js';

/** The page can't load anything: no script, no other origin, whatever its data contain. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** What every page has. */
interface PageParts {
  title: string;
  description: string;
  /** ISO 8601. */
  createdAt: string;
  source: { description: string; rendered: boolean };
  /** Below the head. */
  figures: Html | null;
  /** Name in the navigation, id and content; those without content are left out. */
  sections: readonly (readonly [name: string, id: string, section: Html | null])[];
}

/** A whole page: no scripts, no network, light and dark, fit for print and phone. */
export function page({ title, description, createdAt, source, figures, sections }: PageParts): string {
  const shown = sections.filter(([, , section]) => section !== null);
  const links = shown.map(([name, id]) => html`<li><a href="#${id}">${name}</a></li>`);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="@mcore/report">
<title>${title} · MCoRe report</title>
<style>${new Html(style())}</style>
</head>
<body>
<header class="top"><p class="eyebrow">MCoRe report · <time datetime="${createdAt}">${formatTime(createdAt)}</time></p>
<h1>${title}</h1><p class="lead">${description}</p>
${sourceStatement(source)}
${figures}
<nav aria-label="Sections"><ul>${links}</ul></nav></header>
<main>${shown.map(([, , section]) => section)}</main>
<footer><p>Written by @mcore/report. This page is one file and loads nothing.</p></footer>
</body>
</html>
`.text;
}

function sourceStatement({ description, rendered }: PageParts['source']): Html {
  if (!rendered) return html`<p class="source">Clips: ${description}.</p>`;
  return html`<p class="source rendered"><strong>Rendered dives.</strong> The clips were rendered from the labels of real dives; they are not video of athletes (${description}). The numbers show what the method learns from renderings; they can't be compared with published results on real video.</p>`;
}
