import { type Html, html } from './html.js';

/**
 * A table that scrolls sideways where it is too wide; its caption stands outside so that it never scrolls away.
 *
 * @param id - Unique on the page; the caption's id.
 * @param parts - `head` is one row, `bodies` are whole `tbody` elements.
 */
export function table(
  id: string,
  parts: { caption: Html | string; head: Html; bodies: Html | Html[] },
  className = '',
): Html {
  return html`<p class="caption" id="${id}">${parts.caption}</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table class="${className}" aria-labelledby="${id}">
<thead>${parts.head}</thead>${parts.bodies}</table></div>`;
}
