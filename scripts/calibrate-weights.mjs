import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { carveValidation, officialSplit, transformFrames, validationHalves } from '../packages/clips/dist/index.js';
import { useEngine } from '../packages/engines/dist/node.js';
import {
  ClipEncoder,
  decodeCheckpoint,
  ExemplarBank,
  encodeCheckpoint,
  modelFromCheckpoint,
  scoreAgainst,
} from '../packages/model/dist/index.js';
import { calibrateScores } from '../packages/training/dist/index.js';
import { openPreparedClips } from '../packages/training/dist/node.js';
import { root, say } from './set-up.mjs';

/**
 * Calibrates the shipped weights in half precision against their shipped bank and writes the result into the checkpoint's metadata:
 * `node scripts/calibrate-weights.mjs` (after npm run build). Intervals for each way to find exemplars, and the limits beyond which a clip counts as
 * unlike rendered dives. The clips are the validation clips that neither trained nor chose the weights.
 */
const folder = join(root, 'packages', 'weights-rendered-dives', 'weights');
const path = join(folder, 'model.safetensors');
const checkpoint = decodeCheckpoint(readFileSync(path));
const bank = ExemplarBank.decode(readFileSync(join(folder, 'bank.safetensors')));
const { config, seed } = checkpoint.info;

const cache = join(root, '.mcore', 'prepared');
const dives = await openPreparedClips({ kind: 'rendered', seed: 0, height: 128 }, config.input, { cache, workers: 0 });
const { validation } = carveValidation(officialSplit(dives.source.clips), { seed });
const { calibrating } = validationHalves(validation, seed);

await useEngine('auto');
const model = modelFromCheckpoint(checkpoint);
const encoder = new ClipEncoder(model);
const clips = [];
for (const clip of calibrating) {
  const frames = transformFrames(await dives.get(clip.id), config.input.transform, 'center');
  clips.push({ ...clip, encoded: await encoder.encode(frames) });
  if (clips.length % 25 === 0) say(`${clips.length} of ${calibrating.length} clips`);
}
const compare = (stages, exemplars) => scoreAgainst(model, stages, bank.shape, exemplars);
// the seed of a judge's draw of exemplars
const calibrated = await calibrateScores(clips, { config, bank, compare, seed: 0 });
writeFileSync(path, encodeCheckpoint({ ...checkpoint, info: { ...checkpoint.info, ...calibrated } }));
process.stdout.write(`${JSON.stringify(calibrated)}\n`);
process.exit(0);
