import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { carveValidation, officialSplit } from '../packages/clips/dist/index.js';
import { useEngine } from '../packages/engines/dist/node.js';
import {
  ClipEncoder,
  decodeCheckpoint,
  encodeCheckpoint,
  exportWeights,
  modelFromCheckpoint,
} from '../packages/model/dist/index.js';
import { Random } from '../packages/random/dist/index.js';
import { rendererVersion } from '../packages/rendered-dives/dist/index.js';
import { segmentationLoss } from '../packages/segmenter/dist/index.js';
import {
  Adam,
  denseInput,
  drawPlainClip,
  drawWideClip,
  learningRateFactor,
  ParameterLayout,
} from '../packages/training/dist/index.js';
import { openPreparedClips } from '../packages/training/dist/node.js';
import { root, say } from './set-up.mjs';

/**
 * Trains the segmenter alone, in wide augmentation, on features of a backbone that stays as it is, so that scores of rendered dives stay what they are:
 * `node scripts/train-segmenter.mjs CHECKPOINT OUT [STEPS] [CLIPS] [EXEMPLARS]` (after npm run build). Rendered training clips in a random order are encoded once as they
 * are and twice in wide augmentation; then a step takes a fraction of a second. Features are kept in OUT, so that a run that is cut off goes on there. Writes
 * OUT/best.safetensors, the weights of the last step, and OUT/log.jsonl.
 */
const [path, out, steps = '600', most = '800', exemplars = '12'] = process.argv.slice(2);
const RENDERINGS = Array.from({ length: 8 }, (_, seed) => seed);
const HEIGHT = 128;
const BATCH = 32;
const SCHEDULE = { learningRate: 1e-3, schedule: 'cosine', warmupSteps: 20 };
const GRADIENT_NORM = 5;
const SEED = 0;
const VARIANTS = [drawPlainClip, drawWideClip, drawWideClip];

const checkpoint = decodeCheckpoint(readFileSync(path));
const { config } = checkpoint.info;
config.exemplars = Number(exemplars);
mkdirSync(out, { recursive: true });
await useEngine('native');
const model = modelFromCheckpoint(checkpoint);
const cache = join(root, '.mcore', 'prepared');
const worlds = [];
for (const seed of RENDERINGS) {
  const source = { kind: 'rendered', seed, height: HEIGHT };
  worlds.push(await openPreparedClips(source, denseInput(config.input), { cache, workers: 0 }));
}
const { train } = carveValidation(officialSplit(worlds[0].source.clips), { seed: checkpoint.info.seed });
const clips = Random.for(SEED, 'order').shuffle(train).slice(0, Number(most));

const size = config.input.frames * model.backbone.featureSize;
const [featuresPath, labelsPath] = [join(out, 'features.f32'), join(out, 'transitions.json')];
const { all, transitions } = await encodeAll();

/** Features and transitions of every variant of every clip. */
async function encodeAll() {
  const transitions = existsSync(labelsPath) ? JSON.parse(readFileSync(labelsPath, 'utf8')) : [];
  const all = new Float32Array(clips.length * VARIANTS.length * size);
  if (transitions.length > 0) {
    const bytes = readFileSync(featuresPath);
    all.set(new Float32Array(bytes.buffer, bytes.byteOffset, transitions.length * size));
  }
  const encoder = new ClipEncoder(model);
  for (const clip of clips.slice(transitions.length / VARIANTS.length)) {
    const dense = await Random.for(SEED, 'world', clip.id).pick(worlds).get(clip.id);
    for (const [variant, draw] of VARIANTS.entries()) {
      const drawn = draw(clip, dense, config.input, Random.for(SEED, 'variant', variant, clip.id));
      const features = encoder.features(drawn.frames);
      all.set(await features.data(), transitions.length * size);
      features.dispose();
      transitions.push(drawn.transitions);
    }
    const done = transitions.length / VARIANTS.length;
    if (done % 100 !== 0 && done !== clips.length) continue;
    writeFileSync(featuresPath, Buffer.from(all.buffer, 0, transitions.length * size * 4));
    writeFileSync(labelsPath, JSON.stringify(transitions));
    say(`${done} of ${clips.length} clips encoded`);
  }
  encoder.dispose();
  return { all, transitions };
}

const layout = new ParameterLayout(model.segmenter.weights());
const parameters = await layout.read();
const rates = layout.fill(() => SCHEDULE.learningRate);
const adam = new Adam(parameters.length);
const total = Number(steps);
const log = [];
for (let step = 0; step < total; step++) {
  const random = Random.for(SEED, 'batch', step);
  const rows = Array.from({ length: BATCH }, () => random.integer(transitions.length));
  const values = new Float32Array(BATCH * size);
  for (const [row, index] of rows.entries()) values.set(all.subarray(index * size, (index + 1) * size), row * size);
  const features = tf.tensor3d(values, [BATCH, config.input.frames, model.backbone.featureSize]);
  const labels = rows.map((index) => transitions[index]);
  const { value, grads } = tf.tidy(() =>
    tf.variableGrads(() => {
      const logits = model.transitionLogits(features, `${SEED} dropout ${step}`);
      return segmentationLoss(logits, labels, { form: config.loss.segmentation });
    }, layout.variables),
  );
  const gradient = await layout.gather(layout.variables.map(({ name }) => grads[name]));
  const segmentation = (await value.data())[0];
  tf.dispose([features, value, grads]);
  const gradientNorm = Math.sqrt(gradient.reduce((sum, each) => sum + each * each, 0));
  if (gradientNorm > GRADIENT_NORM) {
    for (let at = 0; at < gradient.length; at++) gradient[at] *= GRADIENT_NORM / gradientNorm;
  }
  adam.update(parameters, gradient, rates, learningRateFactor(SCHEDULE, step, total));
  layout.write(parameters);
  log.push({ step: step + 1, segmentation, gradientNorm });
  if (log.length % 100 === 0) {
    say(
      `step ${log.length}: segmentation ${(log.slice(-100).reduce((sum, each) => sum + each.segmentation, 0) / 100).toFixed(3)}`,
    );
  }
}
const { data, outliers: _outliers, calibration: _calibration, ...info } = checkpoint.info;
const { before = [], ...earlier } = data;
const rendering = { seeds: RENDERINGS, height: HEIGHT, version: rendererVersion };
const weights = {
  info: { ...info, step: total, data: { ...earlier, rendering, before: [earlier, ...before] } },
  tensors: await exportWeights(model),
  optimiser: new Map(),
};
writeFileSync(join(out, 'best.safetensors'), encodeCheckpoint(weights));
writeFileSync(join(out, 'log.jsonl'), log.map((record) => `${JSON.stringify(record)}\n`).join(''));
process.exit(0);
