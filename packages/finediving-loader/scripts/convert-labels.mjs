/**
 * Writes src/data/labels.json from the annotations that FineDiving's authors publish (MIT).
 *
 *   node scripts/convert-labels.mjs labels.json E2E_SPOT_FOLDER
 *
 * `labels.json` holds the authors' pickles as plain JSON, values unchanged: `subActions` (id to name) and `clips`, from
 * `<competition>__<dive index>` to [score, difficulty, awards, [[sub-action id, first frame], ...], frames, [first and last frame in
 * the recording]]. It has no dive numbers, split and frame widths: they are read from train.json, val.json and test.json of
 * the E2E-Spot project. The order of the clips is that of these three files.
 *
 * In the result every list is a table that the clips point into; a clip is [competition, dive index, portion, dive number, score,
 * difficulty, awards, frames, width, first frame in the recording, [sub-action id, first frame, ...]].
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [officialPath, folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error(
    'Usage: node scripts/convert-labels.mjs labels.json E2E_SPOT_FOLDER   (with train.json, val.json and test.json)',
  );
  process.exit(2);
}

const sources = {};
const read = (path, name) => {
  const bytes = readFileSync(path);
  sources[name] = createHash('sha256').update(bytes).digest('hex');
  return JSON.parse(bytes);
};
const official = read(officialPath, 'labels.json');

const tables = { competitions: [], diveNumbers: [] };
const indexIn = (table, value) => {
  const found = table.indexOf(value);
  return found >= 0 ? found : table.push(value) - 1;
};

const clips = [];
for (const [portion, name] of ['train', 'val', 'test'].entries()) {
  for (const { video, width, height, _source_info } of read(join(folder, `${name}.json`), `${name}.json`)) {
    const [score, difficulty, awards, steps, frames, [start, end]] = official.clips[video];
    const [competition, dive] = video.split('__');
    const firsts = steps.map(([, first]) => first);
    const ascending = firsts.every((first, index) => (index === 0 ? first === 0 : first > firsts[index - 1]));
    if (height !== 256) throw new Error(`${video}: expected a height of 256 as in the others, got ${height}`);
    if (end - start + 1 !== frames) throw new Error(`${video}: expected ${frames} frames, got ${start} to ${end}`);
    if (steps.length < 3 || !ascending || firsts.at(-1) >= frames) throw new Error(`${video}: unusual sub-actions`);
    clips.push([
      indexIn(tables.competitions, competition),
      Number(dive),
      portion,
      indexIn(tables.diveNumbers, _source_info.action_type),
      score,
      difficulty,
      awards,
      frames,
      width,
      start,
      steps.flat(),
    ]);
  }
}
if (clips.length !== Object.keys(official.clips).length) {
  throw new Error(`expected ${Object.keys(official.clips).length} clips in ${folder}, got ${clips.length}`);
}

const list = (values) => values.map((value) => JSON.stringify(value)).join(',\n');
writeFileSync(
  new URL('../src/data/labels.json', import.meta.url),
  `{"notice":"Labels of FineDiving, MIT License, Copyright (c) 2022 Jinglin Xu; see NOTICE.md","sources":${JSON.stringify(sources)},
"competitions":[${list(tables.competitions)}],
"diveNumbers":${JSON.stringify(tables.diveNumbers)},
"subActions":${JSON.stringify(official.subActions)},
"clips":[
${list(clips)}
]}
`,
);
console.log(`${clips.length} clips`);
