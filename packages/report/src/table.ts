import { type Html, html } from './html.js';

/** A caption, one row of headings, and whole `tbody` elements. */
interface TableParts {
  caption: Html | string;
  head: Html;
  bodies: Html | Html[];
}

/**
 * A table that scrolls sideways if it is too wide. Its caption stands outside, so that it never scrolls away.
 *
 * @param id - Unique on the page; the caption's id.
 */
export function table(id: string, { caption, head, bodies }: TableParts, className = ''): Html {
  return html`<p class="caption" id="${id}">${caption}</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table class="${className}" aria-labelledby="${id}">
<thead>${head}</thead>${bodies}</table></div>`;
}

/** A table that is shown on demand. */
export function closedTable(id: string, name: string, parts: TableParts, className = ''): Html {
  return html`<details><summary>${name}</summary>${table(id, parts, className)}</details>`;
}
