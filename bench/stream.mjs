/**
 * Features of one clip: the streaming backbone beside today's tensor engines and ONNX Runtime, as ratios in one run:
 * `npm run build && node bench/stream.mjs [paper|laptop] [rounds]`.
 *
 * Everything runs in this process and takes turns, one clip each a round, so that what disturbs the machine disturbs all alike. Times are
 * medians in milliseconds; random weights none of which is 0 or 1, frames of bytes (normalised by each program itself). It refuses
 * results that differ by more than 1e-4. ONNX Runtime is left out where onnxruntime-node is missing.
 */
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import '@tensorflow/tfjs';
import { GsmRegNetY, REGNETY_200MF, REGNETY_SMALL } from '@mcore/backbone-gsm';
import { loadWasmKernels } from '@mcore/backbone-stream';
import { loadNativeKernels } from '@mcore/backbone-stream/node';
import { backboneOnnx } from '@mcore/onnx-export';
import { IMAGENET_DEVIATION, IMAGENET_MEAN, normalizeFrames, registerOps } from '@mcore/ops';
import { loadNativeKernels as loadTensorKernels } from '@mcore/ops/native';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

const PRESETS = {
  paper: { config: REGNETY_200MF, count: 96, side: 112 },
  laptop: { config: REGNETY_SMALL, count: 32, side: 64 },
};
const [preset = 'paper', rounds = '9'] = process.argv.slice(2);
const { config, count, side } = PRESETS[preset] ?? fail(`expected ${Object.keys(PRESETS).join(' or ')}, got ${preset}`);

setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
await tf.setBackend('wasm');
await registerOps();

let state = 1;
/** Numbers in [low, high), the same in every run. */
function noise(length, low, high) {
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + ((high - low) * state) / 2 ** 32;
  });
}

const backbone = new GsmRegNetY(config, { seed: 'bench' });
for (const [name, variable] of backbone.weights()) {
  const range = rangeOf(name);
  if (range) tf.tidy(() => variable.assign(tf.tensor(noise(variable.size, ...range), variable.shape)));
}
function rangeOf(name) {
  if (/running_var$/.test(name)) return [0.5, 1.5];
  if (/conv3\.bn\.weight$/.test(name)) return [0.2, 0.8];
  if (/bn\.weight$/.test(name)) return [0.6, 1.4];
  if (/conv3D\.weight$/.test(name)) return [-0.1, 0.1];
  if (/(bias|running_mean)$/.test(name)) return [-0.3, 0.3];
  return null;
}
const data = Uint8Array.from(noise(count * side * side * 3, 0, 256));
const frames = { data, count, height: side, width: side };

const programs = [];
const frozen = backbone.inferenceModel();
const tensors = (name, options) =>
  programs.push({
    name,
    async run() {
      await registerOps(options);
      const start = performance.now();
      const features = tf.tidy(() => frozen.apply(tf.expandDims(normalizeFrames(frames), 0)));
      const values = await features.data();
      const milliseconds = performance.now() - start;
      features.dispose();
      return { milliseconds, values };
    },
  });
tensors('tensors, wasm', {});
tensors('tensors, native', { native: loadTensorKernels() });
const stream = async (name, kernels) => {
  const model = await backbone.streamingModel(kernels);
  programs.push({
    name: `stream, ${name}`,
    async run() {
      const start = performance.now();
      const values = model.features(frames);
      return { milliseconds: performance.now() - start, values };
    },
  });
};
await stream('wasm', await loadWasmKernels());
await stream('AVX2', loadNativeKernels({ threads: 1, instructions: 'AVX2' }));
await stream('native', loadNativeKernels({ threads: 1 }));
await stream('native:2', loadNativeKernels({ threads: 2 }));
await addOnnx(1);
await addOnnx(2);

async function addOnnx(threads) {
  let runtime;
  try {
    ({ default: runtime } = await import('onnxruntime-node'));
  } catch {
    return;
  }
  const weights = new Map();
  for (const [name, variable] of backbone.weights()) {
    weights.set(name, { shape: variable.shape, data: await variable.data() });
  }
  const session = await runtime.InferenceSession.create(backboneOnnx(weights), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  const tables = [0, 1, 2].map((colour) =>
    Float32Array.from(
      { length: 256 },
      (_, value) => (value / 255 - IMAGENET_MEAN[colour]) / IMAGENET_DEVIATION[colour],
    ),
  );
  programs.push({
    name: `onnx:${threads}`,
    async run() {
      const start = performance.now();
      const values = new Float32Array(data.length);
      for (let index = 0; index < values.length; index++) values[index] = tables[index % 3][data[index]];
      const input = new runtime.Tensor('float32', values, [1, count, side, side, 3]);
      const { features } = await session.run({ frames: input });
      return { milliseconds: performance.now() - start, values: await features.getData() };
    },
  });
}

const times = new Map(programs.map(({ name }) => [name, []]));
let expected;
for (let round = -1; round < Number(rounds); round++) {
  for (const { name, run } of programs) {
    await setTimeout(20); // threads of others that wait in a loop go to sleep
    const { milliseconds, values } = await run();
    expected ??= values.slice();
    const apart = distance(values, expected);
    if (!(apart < 1e-4)) fail(`${name} computes something else: relative L2 ${apart}`);
    if (round >= 0) times.get(name).push(milliseconds); // the first is to warm up
  }
}
const medians = Object.fromEntries([...times].map(([name, all]) => [name, all.sort((a, b) => a - b)[all.length >> 1]]));
console.log(
  `${preset}: ${count} frames of ${side} x ${side}, ${rounds} rounds, Node ${process.versions.node}, ${cpus()[0].model}`,
);
for (const [name, milliseconds] of Object.entries(medians)) {
  const all = times.get(name);
  const quartiles = [all[all.length >> 2], all[(3 * all.length) >> 2]].map((value) => value.toFixed(1)).join(' .. ');
  console.log(`${name.padEnd(18)} ${milliseconds.toFixed(1).padStart(8)} ms  (${quartiles})`);
}
for (const [faster, slower] of [
  ['stream, native:2', 'onnx:2'],
  ['stream, native', 'onnx:1'],
  ['stream, native', 'tensors, native'],
  ['stream, wasm', 'tensors, wasm'],
]) {
  if (medians[slower])
    console.log(`${faster} is ${(medians[slower] / medians[faster]).toFixed(2)} times as fast as ${slower}`);
}

function distance(a, b) {
  let [difference, size] = [0, 0];
  for (let index = 0; index < b.length; index++) {
    difference += (a[index] - b[index]) ** 2;
    size += b[index] ** 2;
  }
  return Math.sqrt(difference / size);
}

function fail(reason) {
  console.error(`stream: ${reason}.`);
  process.exit(1);
}
process.exit(0);
