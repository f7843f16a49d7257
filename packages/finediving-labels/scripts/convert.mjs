/**
 * Writes src/data/labels.json from the labels that the E2E-Spot project converted from FineDiving (MIT).
 *
 *   node scripts/convert.mjs path/to/folder-with-train-val-test-json
 *
 * Every list below is a table that the clips point into; a clip is
 * [competition, dive index, portion, dive number, score, difficulty, frames, width, events declared, [frame, label, comment, ...]].
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
if (folder === undefined) {
  console.error('Usage: node scripts/convert.mjs FOLDER   (with train.json, val.json and test.json)');
  process.exit(2);
}

const portions = ['train', 'val', 'test'];
const tables = { competitions: [], diveNumbers: [], labels: [], comments: [] };
const indexIn = (table, value) => {
  const found = table.indexOf(value);
  return found >= 0 ? found : table.push(value) - 1;
};

const sources = {};
const clips = [];
for (const [portion, name] of portions.entries()) {
  const bytes = readFileSync(join(folder, `${name}.json`));
  sources[`${name}.json`] = createHash('sha256').update(bytes).digest('hex');
  for (const record of JSON.parse(bytes)) {
    const [competition, dive] = record.video.split('__');
    const { action_type: diveNumber, dive_score: score, difficulty } = record._source_info;
    if (record.height !== 256 || record.fps !== -1)
      throw new Error(`${record.video}: height or rate not as in the others`);
    clips.push([
      indexIn(tables.competitions, competition),
      Number(dive),
      portion,
      indexIn(tables.diveNumbers, diveNumber),
      score,
      difficulty,
      record.num_frames,
      record.width,
      record.num_events,
      record.events.flatMap((event) => [
        event.frame,
        indexIn(tables.labels, event.label),
        indexIn(tables.comments, event.comment),
      ]),
    ]);
  }
}

const list = (values) => values.map((value) => JSON.stringify(value)).join(',\n');
writeFileSync(
  new URL('../src/data/labels.json', import.meta.url),
  `{"notice":"Labels of FineDiving, MIT License, Copyright (c) 2022 Jinglin Xu; see NOTICE.md","sources":${JSON.stringify(sources)},
"competitions":[${list(tables.competitions)}],
"diveNumbers":${JSON.stringify(tables.diveNumbers)},
"labels":${JSON.stringify(tables.labels)},
"comments":${JSON.stringify(tables.comments)},
"clips":[
${list(clips)}
]}
`,
);
console.log(`${clips.length} clips`);
