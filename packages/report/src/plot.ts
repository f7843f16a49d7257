import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { Html, html } from './html.js';

/** Widths of a figure over the whole column, over half of it and on a phone, in CSS pixels. */
export const HALF = 444;
const WIDE = 912;
const NARROW = 360;

/**
 * Renders a plot as static SVG. Colours may be `var(--...)` of the page's style sheet, so that one drawing serves light and dark.
 *
 * @param label - What a reader who can't see it needs to know.
 * @param options - Of Observable Plot.
 */
export function drawPlot(label: string, options: PlotOptions): Html {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({
    marginBottom: 44,
    marginTop: 28,
    ...options,
    document,
    color: { type: 'identity', ...options.color },
  });
  svg.removeAttribute('class');
  // Plot names its marks ("dot", "line"), which the image's own label replaces
  for (const mark of svg.querySelectorAll('g[aria-label]')) mark.removeAttribute('aria-label');
  svg.querySelector('style')?.remove(); // the page's style sheet has the same rules
  const start = html`<svg role="img" aria-label="${label}" class="plot" `; // the DOM leaves < in attributes as it is
  return new Html(svg.outerHTML.replace('<svg ', () => start.text));
}

/** Draws the same plot for wide and narrow pages; the style sheet shows one of them. */
export function drawResponsive(label: string, options: (width: number, narrow: boolean) => PlotOptions): Html {
  return html`<div class="wide">${drawPlot(label, options(WIDE, false))}</div><div class="narrow">${drawPlot(
    label,
    options(NARROW, true),
  )}</div>`;
}

/** A figure with its caption. */
export function figure(content: Html, caption: Html | string, className = ''): Html {
  return html`<figure class="${className}">${content}<figcaption>${caption}</figcaption></figure>`;
}
