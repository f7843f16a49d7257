import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { Html, html } from './html.js';

/** Widths of a figure over the whole column and of one on a phone, in CSS pixels. */
export const WIDE = 780;
export const NARROW = 340;

/**
 * Draws a plot as static SVG. Colours may be `var(--...)` of the page's style sheet, so that one drawing serves light and dark.
 *
 * @param label - What a reader who can't see it needs to know.
 * @param options - Of Observable Plot.
 */
export function drawPlot(label: string, options: PlotOptions): Html {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({ ...options, document, color: { type: 'identity', ...options.color } });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  svg.setAttribute('class', 'plot');
  svg.querySelector('style')?.remove(); // the page's style sheet has what it says
  return new Html(svg.outerHTML);
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
