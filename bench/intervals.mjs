import { readFileSync } from 'node:fs';
import { officialSplit, sampleIndices, sampleTransitions, transformFrames } from '../packages/clips/dist/index.js';
import { useEngine } from '../packages/engines/dist/node.js';
import { averageIoU, bootstrapInterval, relativeL2, spearman } from '../packages/metrics/dist/index.js';
import {
  ClipEncoder,
  decodeCheckpoint,
  ExemplarBank,
  modelFromCheckpoint,
  scoreAgainst,
} from '../packages/model/dist/index.js';
import { exemplarChooser } from '../packages/training/dist/index.js';
import { openPreparedClips } from '../packages/training/dist/node.js';
import { bankUrl, weightsUrl } from '../packages/weights-rendered-dives/dist/index.js';

/**
 * How the shipped weights with their shipped bank do on all rendered test dives, as `mcore score` uses them, for each way to find exemplars: how often the
 * intervals hold the judges' score, SRCC, relative L2; and AIoU of the transitions. `node bench/intervals.mjs` (after npm run build) prints Markdown tables;
 * brackets are bootstrap 95 % intervals over clips.
 */
const checkpoint = decodeCheckpoint(readFileSync(weightsUrl));
const bank = ExemplarBank.decode(readFileSync(bankUrl));
const { config, calibration } = checkpoint.info;
const dives = await openPreparedClips({ kind: 'rendered', seed: 0, height: 128 }, config.input, {
  cache: '.mcore/prepared',
  workers: 0,
});
await useEngine('auto');
const model = modelFromCheckpoint(checkpoint);
const encoder = new ClipEncoder(model);
const choose = exemplarChooser({ bank, config, seed: 0 });
const kinds = {
  same: ['the same dive number', calibration],
  nearestClass: ['the nearest other dive numbers', calibration.byMatch.nearestClass],
  nearestFeatures: ['the most similar features', calibration.byMatch.nearestFeatures],
};
const transitions = { predicted: [], actual: [] };
const results = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, { predicted: [], actual: [] }]));
for (const clip of officialSplit(dives.source.clips).test) {
  const encoded = await encoder.encode(transformFrames(await dives.get(clip.id), config.input.transform, 'center'));
  transitions.predicted.push(encoded.transitions);
  const indices = sampleIndices(clip.frameCount, config.input.frames, clip.start);
  transitions.actual.push(sampleTransitions(clip.transitions, indices));
  for (const kind of Object.keys(kinds)) {
    const exemplars = choose({ ...clip, encoded }, kind);
    if (exemplars.length === 0) continue;
    const { score } = await scoreAgainst(model, encoded.stages, bank.shape, exemplars);
    results[kind].predicted.push(Math.max(0, score));
    results[kind].actual.push(clip.score);
  }
}
/** A metric with its interval. */
function cell(metric, { predicted, actual }, digits) {
  const interval = bootstrapInterval(metric, predicted, actual, { level: 0.95, resamples: 1000, seed: 0 });
  return `${metric(predicted, actual).toFixed(digits)} [${interval.map((value) => value.toFixed(digits)).join(', ')}]`;
}

process.stdout.write(
  "| exemplars of | clips | half width | holds the judges' score | SRCC | R-l2 x100 |\n| --- | --- | --- | --- | --- | --- |\n",
);
for (const [kind, [name, { halfWidth }]] of Object.entries(kinds)) {
  const result = results[kind];
  const { actual } = result;
  const coverage = (found, given) =>
    (100 * found.filter((value, at) => Math.abs(value - given[at]) <= halfWidth).length) / found.length;
  const range = Math.max(...actual) - Math.min(...actual);
  const error = (found, given) => 100 * relativeL2(found, given, { range });
  const cells = [cell(coverage, result, 1), cell(spearman, result, 3), cell(error, result, 3)];
  process.stdout.write(
    `| ${name} | ${actual.length} | ± ${halfWidth.toFixed(1)} points | ${cells[0]} % | ${cells[1]} | ${cells[2]} |\n`,
  );
}
const aiou = (threshold) => cell((found, given) => 100 * averageIoU(found, given, threshold), transitions, 1);
process.stdout.write(`\n| AIoU@0.5 | AIoU@0.75 |\n| --- | --- |\n| ${aiou(0.5)} | ${aiou(0.75)} |\n`);
process.exit(0);
