import { parseTable } from '@mcore/table';
import { changeItem, items } from '../library/library.js';
import { labelsFromManifest } from '../library/manifest.js';
import { trouble } from './trouble.js';

/** Other names of columns, as `mcore train --data` takes them. */
const columns = {
  path: ['path', 'video', 'file'],
  score: ['score'],
  class: ['class', 'dive', 'dive_number', 'action'],
  difficulty: ['difficulty'],
  transition_seconds: ['transition_seconds'],
  split: ['split'],
} as const;

/** Takes scores, classes and stages of a list for the videos that are here, by their files' names. */
export async function importList(list: File): Promise<void> {
  try {
    const format = list.name.endsWith('.json') ? 'json' : 'csv';
    const unused = new Set<string>();
    const rows = parseTable(await list.text(), format, 'importList').map((row) => row.renamed(columns, unused));
    let found = 0;
    for (const row of rows) {
      const name = row.path('path').split('/').at(-1)!;
      const item = items.value.find((each) => each.name === name);
      const score = row.number('score');
      if (!item || score === undefined) continue;
      found++;
      const split = row.text('split');
      const className = row.text('class');
      changeItem(item.id, {
        ...(className && { className }),
        labels: labelsFromManifest({
          score,
          difficulty: row.number('difficulty'),
          transitionSeconds: row.numbers('transition_seconds'),
          split: split === 'train' || split === 'test' ? split : undefined,
        }),
      });
    }
    if (found === 0) throw new Error(`${rows.length} lines, none of which names a video that is here.`);
  } catch (error) {
    trouble.value = { text: 'This list can’t be used.', detail: (error as Error).message, ways: [] };
  }
}
