/**
 * Makes the spotter of some weights: the small network that finds dives in films (`mcore find`) by reading their backbone.
 *
 *   npm run build && node scripts/train-spotter.mjs [--weights FILE] [--out FILE] [--cache FOLDER] [--recordings 60] [--steps 1500]
 *
 * Renders recordings of competitions (scripts/spotter/recordings.mjs), passes them through the backbone, and trains. What was rendered lies
 * in the cache (2.6 GB), so that the command resumes where it was cut off; other weights need other features, but no other pictures. About a
 * quarter of an hour on one core. `--init FILE` starts from another spotter, such as that of weights which were trained further; `--only features`
 * stops before the training, and `--seconds N` after some time (status 3 then).
 */
import '@tensorflow/tfjs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { useEngine } from '@mcore/engines/node';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { ProbabilityTrack, pairEvents, Spotter, spotterOutputs } from '@mcore/judge';
import { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';
import { FRAMES_PER_SECOND, openBackbone, recordingFeatures } from './spotter/features.mjs';
import { addRecording, emptyCounts, summary } from './spotter/measure.mjs';
import { parts, trainingPlans, validationPlans } from './spotter/recordings.mjs';

const weightsFolder = 'packages/weights-rendered-dives/weights';
const { values: options } = parseArgs({
  options: {
    weights: { type: 'string', default: `${weightsFolder}/model.safetensors` },
    out: { type: 'string', default: `${weightsFolder}/spotter.safetensors` },
    cache: { type: 'string', default: 'runs/spotter' },
    recordings: { type: 'string', default: '60' },
    steps: { type: 'string', default: '1500' },
    hidden: { type: 'string', default: '64' },
    init: { type: 'string' },
    only: { type: 'string' },
    seconds: { type: 'string', default: 'Infinity' },
  },
});
const WINDOW = 160;
const BATCH = 12;
const LEARNING_RATE = options.init ? 1e-3 : 2e-3;
const deadline = Date.now() + 1000 * Number(options.seconds);

await useEngine('native');
const opened = await openBackbone(options.weights);
const size = opened.backbone.featureSize;
const validation = await load(validationPlans(8));
const train = await load(trainingPlans(Number(options.recordings)));
if (options.only === 'features') process.exit(0);

const frames = train.reduce((sum, { count }) => sum + count, 0);
const { mean, scale } = statistics(train);
const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] / 25;
const info = {
  framesPerSecond: FRAMES_PER_SECOND,
  backboneId: opened.id,
  hiddenSize: Number(options.hidden),
  threshold: 0.5,
  margins: {
    approach: middle(fineDivingLabels.map(({ transitions }) => transitions[0])),
    entry: middle(fineDivingLabels.map(({ transitions, frameCount }) => frameCount - 1 - transitions[1])),
  },
  trainedOn: `${train.length} rendered recordings of ${parts.train.length} competitions, ${Math.round(frames / FRAMES_PER_SECOND / 60)} minutes`,
};
const spotter = new Spotter(info, mean, scale, 'spotter');
if (options.init) {
  const before = Spotter.decode(await readFile(options.init), options.init);
  spotter.network.load(before.network.weights());
  before.dispose();
}
await learn(Number(options.steps));
const { threshold, result } = await chooseThreshold();
console.log(`threshold ${threshold}`, JSON.stringify(result));
await mkdir(dirname(options.out), { recursive: true });
await writeFile(`${options.out}.partial`, await spotter.encode({ ...info, threshold }));
await rename(`${options.out}.partial`, options.out);
console.log(`wrote ${options.out}`);
process.exit(0);

/** Features and targets of recordings; ends the process with 3 when the time is over. */
async function load(entries) {
  const loaded = [];
  for (const entry of entries) {
    const start = Date.now();
    const recording = await recordingFeatures(entry, opened, options.cache);
    const seconds = (Date.now() - start) / 1000;
    if (seconds > 1) console.log(`${entry.name}: ${recording.count} frames in ${seconds.toFixed(0)} s`);
    loaded.push({ ...recording, targets: targetsOf(recording) });
    if (Date.now() > deadline) process.exit(3);
  }
  return loaded;
}

/** Frames x outputs: events are bells of one frame's width, flights and replays 0 or 1. */
function targetsOf({ plan, count }) {
  const width = spotterOutputs.length;
  const targets = new Float32Array(count * width);
  const step = plan.framesPerSecond / FRAMES_PER_SECOND;
  const put = (frame, output, value) => {
    if (frame >= 0 && frame < count) targets[frame * width + output] = Math.max(targets[frame * width + output], value);
  };
  const event = (at, output) => {
    for (let frame = Math.floor(at) - 2; frame <= at + 3; frame++)
      put(frame, output, Math.exp(-((frame - at) ** 2) / 2));
  };
  const shown = [
    ...plan.dives.map((dive) => ({ ...dive, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY })),
    ...plan.replays,
  ];
  for (const { takeOff, entry, from, to } of shown) {
    if (takeOff >= from) event(takeOff / step, 0);
    if (entry < to) event(entry / step, 1);
    for (let frame = Math.ceil(Math.max(takeOff, from) / step); frame < Math.min(entry, to) / step; frame++)
      put(frame, 2, 1);
  }
  for (const { from, to } of plan.replays)
    for (let frame = Math.ceil(from / step); frame < to / step; frame++) put(frame, 3, 1);
  return targets;
}

/** Mean and inverse deviation of each channel. */
function statistics(recordings) {
  const [sum, squares] = [new Float64Array(size), new Float64Array(size)];
  for (const { features } of recordings) {
    for (let at = 0; at < features.length; at++) {
      sum[at % size] += features[at];
      squares[at % size] += features[at] ** 2;
    }
  }
  const mean = Float32Array.from(sum, (value) => value / frames);
  const scale = Float32Array.from(squares, (value, at) => 1 / Math.sqrt(value / frames - mean[at] ** 2 + 1e-6));
  return { mean, scale };
}

async function learn(steps) {
  const optimizer = tf.train.adam(LEARNING_RATE);
  const random = new Random('spotter fit');
  const variables = [...spotter.network.weights().values()];
  let shown = 0;
  for (let step = 0; step < steps; step++) {
    optimizer.learningRate =
      LEARNING_RATE * (0.02 + 0.98 * 0.5 * (1 + Math.cos((Math.PI * step) / steps))) * Math.min(1, (step + 1) / 50);
    const { x, y } = batch(random);
    const loss = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => lossOf(x, y, random), variables);
      const norm = tf.sqrt(tf.addN(Object.values(grads).map((grad) => tf.sum(tf.square(grad)))));
      const factor = tf.minimum(1, tf.div(2, tf.add(norm, 1e-6)));
      optimizer.applyGradients(
        Object.fromEntries(Object.entries(grads).map(([name, grad]) => [name, tf.mul(grad, factor)])),
      );
      return value.dataSync()[0];
    });
    tf.dispose([x, y]);
    shown += loss;
    if (step % 100 === 99) {
      console.log(`step ${step + 1}: loss ${(shown / 100).toFixed(4)}`);
      shown = 0;
    }
  }
}

function lossOf(x, y, random) {
  const logits = spotter.logits(x, { training: true, random });
  // softplus(logit) - logit * target, and events count more than their absence
  const losses = tf.sub(tf.softplus(logits), tf.mul(logits, y));
  const weights = tf.add(tf.mul(y, tf.tensor1d([6, 6, 1, 1])), tf.tensor1d([1, 1, 0.5, 0.5]));
  return tf.mean(tf.mul(losses, weights));
}

/** Windows of random recordings, with noise on the features that other films may have. */
function batch(random) {
  const width = spotterOutputs.length;
  const features = new Float32Array(BATCH * WINDOW * size);
  const targets = new Float32Array(BATCH * WINDOW * width);
  for (let row = 0; row < BATCH; row++) {
    const recording = random.pick(train);
    const at = random.integer(recording.count - WINDOW);
    features.set(recording.features.subarray(at * size, (at + WINDOW) * size), row * WINDOW * size);
    targets.set(recording.targets.subarray(at * width, (at + WINDOW) * width), row * WINDOW * width);
  }
  const x = tf.tidy(() => {
    const clean = spotter.normalized(features, BATCH);
    const seed = random.integer(2 ** 31);
    const shift = tf.randomNormal([BATCH, 1, size], 0, 0.25, 'float32', seed);
    const noise = tf.randomNormal([BATCH, WINDOW, size], 0, 0.15, 'float32', seed + 1);
    return tf.add(tf.add(clean, shift), noise);
  });
  return { x, y: tf.tensor3d(targets, [BATCH, WINDOW, width]) };
}

/** The threshold with the best F1 on validation recordings; of equally good ones the middle. */
async function chooseThreshold() {
  const tracks = [];
  for (const { features, plan } of validation) {
    const track = new ProbabilityTrack(spotter);
    await track.push(features);
    tracks.push({ probabilities: await track.finish(), plan });
  }
  const results = [];
  for (let threshold = 0.2; threshold < 0.85; threshold += 0.025) {
    const counts = emptyCounts();
    for (const { probabilities, plan } of tracks) {
      addRecording(counts, pairEvents(probabilities, { framesPerSecond: FRAMES_PER_SECOND, threshold }), plan);
    }
    const { recall, precision } = summary(counts);
    results.push({
      threshold: Math.round(threshold * 1000) / 1000,
      f1: (2 * recall * precision) / (recall + precision || 1) || 0,
      result: summary(counts),
    });
  }
  const best = Math.max(...results.map(({ f1 }) => f1));
  const good = results.filter(({ f1 }) => f1 === best);
  return good[Math.floor(good.length / 2)];
}
