import { type Html, html } from './html.js';
import type { ReportData } from './report-data.js';
import { closedTable } from './table.js';

/** What notes, reproduction and configuration need. */
type Setup = Pick<ReportData, 'reproduce' | 'notes'> & Partial<Pick<ReportData, 'seed' | 'configuration'>>;

/** Notes, how to reproduce, and the configuration, as sections of a page. */
export function setupSection(setup: Setup): [name: string, id: string, section: Html | null][] {
  const { seed, configuration, reproduce, notes = [] } = setup;
  const list = notes.map((note) => html`<li>${note}</li>`);
  return [
    ['Notes', 'notes', notes.length > 0 ? html`<section id="notes"><h2>Notes</h2><ul>${list}</ul></section>` : null],
    [
      'Reproduce',
      'reproduce',
      html`<section id="reproduce"><h2>How to reproduce</h2>
${seed !== undefined && html`<p>The seed of this run is ${seed}.</p>`}
<pre tabindex="0"><code>${reproduce.commands.join('\n')}</code></pre>
${reproduce.environment && pairs(Object.entries(reproduce.environment), 'Environment')}</section>`,
    ],
    ['Configuration', 'configuration', configuration ? configurationSection(seed, configuration) : null],
  ];
}

function configurationSection(seed: number | undefined, configuration: Record<string, unknown>): Html {
  const rows = [...(seed === undefined ? [] : [['seed', String(seed)] as const]), ...flatten(configuration)];
  return html`<section id="configuration"><h2>Configuration</h2>${pairs(rows, 'Every setting of the run')}</section>`;
}

function pairs(rows: readonly (readonly [string, string])[], caption: string): Html {
  const head = html`<tr><th scope="col">Name</th><th scope="col">Value</th></tr>`;
  const body = rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`);
  return closedTable(
    caption.toLowerCase().replaceAll(' ', '-'),
    caption,
    { caption: `${rows.length} entries`, head, bodies: html`<tbody>${body}</tbody>` },
    'pairs',
  );
}

/** Nested settings by their path; lists as JSON. */
function flatten(value: Record<string, unknown>, prefix = ''): (readonly [string, string])[] {
  return Object.entries(value).flatMap(([key, item]) => {
    const path = prefix + key;
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
      return flatten(item as Record<string, unknown>, `${path}.`);
    }
    return [[path, typeof item === 'string' ? item : (JSON.stringify(item) ?? 'undefined')] as const];
  });
}
