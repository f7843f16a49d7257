/** A piece of HTML that is known to be whole and escaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may be put into a template: text is escaped, HTML is not, nothing disappears, lists are joined. */
type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

/**
 * Builds HTML from a template; everything put in is escaped unless it is {@link Html} itself, so a page built this way
 * can't be broken by its data. Attributes must stand in double quotes.
 */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(strings.map((string, i) => string + render(values[i])).join(''));
}

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  return Array.isArray(value) ? value.map(render).join('') : escapeHtml(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
