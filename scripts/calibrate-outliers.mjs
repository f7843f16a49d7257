import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  carveValidation,
  officialSplit,
  resizeFrames,
  sampleIndices,
  validationHalves,
} from '../packages/clips/dist/index.js';
import { useEngine } from '../packages/engines/dist/node.js';
import { Scorer } from '../packages/judge/dist/node.js';
import {
  BankFeatures,
  calibrateOutliers,
  decodeCheckpoint,
  ExemplarBank,
  encodeCheckpoint,
  transitionFlatness,
} from '../packages/model/dist/index.js';
import { RenderedDives } from '../packages/rendered-dives/dist/index.js';
import { nodeCanvas } from '../packages/rendered-dives/dist/node.js';
import { root, say } from './set-up.mjs';

/**
 * Calibrates the limits beyond which the shipped weights say that a clip is unlike rendered dives, and writes them into the checkpoint's
 * metadata: `node scripts/calibrate-outliers.mjs` (after npm run build). It measures the validation clips that calibrated the intervals, which
 * neither trained nor chose the weights, against the shipped exemplar bank.
 */
const folder = join(root, 'packages', 'weights-rendered-dives', 'weights');
const path = join(folder, 'model.safetensors');
const checkpoint = decodeCheckpoint(readFileSync(path));
const bank = ExemplarBank.decode(readFileSync(join(folder, 'bank.safetensors')));
const { config, seed } = checkpoint.info;
const { frames: count, transform } = config.input;

const dives = new RenderedDives({ canvas: nodeCanvas, height: 128, seed: 0 });
const { validation } = carveValidation(officialSplit(dives.clips), { seed });
const { calibrating } = validationHalves(validation, seed);

await useEngine('auto');
const scorer = await Scorer.create(checkpoint, bank);
const features = new BankFeatures(bank);
const measures = [];
for (const clip of calibrating) {
  const indices = sampleIndices(clip.frameCount, count, clip.start);
  const frames = resizeFrames(await dives.readFrames(clip.id, indices, { size: transform.resize }), transform.resize);
  const encoded = await scorer.encode(frames);
  // people may know the dive number or not
  const choices = [scorer.choose(encoded, { class: clip.diveNumber }), scorer.choose(encoded)];
  const scores = await Promise.all(choices.map((chosen) => scorer.compare(encoded, chosen)));
  measures.push({
    featureDistance: features.distance(encoded.stages),
    transitionFlatness: transitionFlatness(encoded.logits, config),
    voteSpread: Math.max(...scores.map(({ spread }) => spread)),
  });
  if (measures.length % 25 === 0) say(`${measures.length} of ${calibrating.length} clips`);
}
const outliers = calibrateOutliers(measures);
writeFileSync(path, encodeCheckpoint({ ...checkpoint, info: { ...checkpoint.info, outliers } }));
process.stdout.write(`${JSON.stringify(outliers)}\n`);
process.exit(0);
