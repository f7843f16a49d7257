import { readFileSync, writeFileSync } from 'node:fs';
import { validationHalves } from '../packages/clips/dist/index.js';
import { fineDivingLabels } from '../packages/finediving-loader/dist/labels.js';
import { decodeCheckpoint, describeTrainingData, encodeCheckpoint } from '../packages/model/dist/index.js';
import { splitAs } from '../packages/training/dist/index.js';
import { say } from './set-up.mjs';

/**
 * Adds the metadata `data` to weights that an earlier version trained on rendered dives, all of whose training clips were used: `node
 * scripts/add-training-data.mjs FILE [RENDERER-VERSION]`. The clips follow from the seed, which is in the file; nothing is added if their number is not the
 * one that the file names. Tensors stay as they are.
 */
const [file, version = '1'] = process.argv.slice(2);
if (!file) {
  say('expected a checkpoint, got none: node scripts/add-training-data.mjs best.safetensors');
  process.exit(2);
}
const checkpoint = decodeCheckpoint(readFileSync(file), file);
const { seed, notes, trainedOn } = checkpoint.info;
const [, renderSeed, height] = /seed (\d+), \d+x(\d+)\)/.exec(trainedOn) ?? [];
const further = Number(/and (\d+) further seeds/.exec(trainedOn)?.[1] ?? 0);
const source = {
  clips: fineDivingLabels,
  description: trainedOn.replace(/ and \d+ further seeds$/, ''),
  kind: 'rendered',
  rendering: { seed: Number(renderSeed), height: Number(height), version: Number(version) },
};
const split = { kind: 'official', seed };
const { train, validation } = splitAs(source.clips, split);
if (train.length !== notes?.trainClips) {
  say(`expected ${notes?.trainClips} training clips, as ${file} says, got ${train.length}.`);
  process.exit(1);
}
const { selecting, calibrating } = validationHalves(validation, seed);
const furtherSeeds = Array.from({ length: further }, (_, index) => Number(renderSeed) + index + 1);
const data = describeTrainingData({ source, furtherSeeds, split, trained: train, selecting, calibrating });
writeFileSync(file, encodeCheckpoint({ ...checkpoint, info: { ...checkpoint.info, data } }));
say(
  `${file}: ${train.length} clips trained these weights, ${selecting.length} chose and ${calibrating.length} calibrated them.`,
);
