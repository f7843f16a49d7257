/**
 * How much `registerOps()` changes on the wasm backend, in one run: `npx turbo run build --filter=@mcore/ops && node bench/ops.mjs [frames]`.
 *
 * Sizes are those of RegNetY-200MF with gate shifts at 112 x 112. Times are medians of five, in milliseconds of processor time
 * (other programs disturb it less than the clock); only the ratios compare across machines.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import '@tensorflow/tfjs';
import * as ops from '@mcore/ops';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

const FRAMES = Number(process.argv[2] ?? 16);
setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
await tf.setBackend('wasm');

let seed = 1;
const random = (...shape) => tf.randomNormal(shape, 0, 0.1, 'float32', seed++);

/** Name, inputs, call: the largest of each kind and the most frequent. */
const CASES = [
  [
    'stem 112 -> 56, 3 -> 32',
    [random(FRAMES, 112, 112, 3), random(3, 3, 3, 32), random(32)],
    (x, w, b) => ops.conv2d3x3(x, w, b, { stride: 2, activation: 'relu' }),
    [1, 2],
  ],
  [
    'grouped 56 -> 28, 24',
    [random(FRAMES, 56, 56, 24), random(3, 3, 8, 24), random(24)],
    (x, w, bias) => ops.groupedConv2d(x, w, { stride: 2, groups: 3, bias, activation: 'relu' }),
  ],
  [
    'grouped 7, 152',
    [random(FRAMES, 7, 7, 152), random(3, 3, 8, 152), random(152)],
    (x, w, bias) => ops.groupedConv2d(x, w, { stride: 1, groups: 19, bias, activation: 'relu' }),
  ],
  [
    'grouped 4, 368',
    [random(FRAMES, 4, 4, 368), random(3, 3, 8, 368), random(368)],
    (x, w, bias) => ops.groupedConv2d(x, w, { stride: 1, groups: 46, bias, activation: 'relu' }),
  ],
  [
    'pointwise 56, 32 -> 24',
    [random(FRAMES, 56, 56, 32), random(32, 24), random(24)],
    (x, w, b) => ops.pointwise(x, w, b, { activation: 'relu' }),
  ],
  [
    'pointwise 4, 368 -> 368',
    [random(FRAMES, 4, 4, 368), random(368, 368), random(368)],
    (x, w, b) => ops.pointwise(x, w, b, { activation: 'relu' }),
  ],
  [
    'gate-shift module 56, 8 of 32',
    [random(1, FRAMES, 56, 56, 32), random(8), random(8), random(3, 3, 3, 4, 2), random(2)],
    gateShift,
  ],
  [
    'gate-shift module 4, 92 of 368',
    [random(1, FRAMES, 4, 4, 368), random(92), random(92), random(3, 3, 3, 46, 2), random(2)],
    gateShift,
  ],
  ['scale channels 7, 152', [random(FRAMES, 7, 7, 152), random(FRAMES, 152)], ops.scaleChannels],
  ['recurrent unit, 96 steps, 368', [random(1, 96, 368), ...gruWeights(), ...gruWeights()], gru],
  [
    'matMul, a transposed, 368',
    [random(16 * FRAMES, 368), random(16 * FRAMES, 368)],
    (a, b) => tf.matMul(a, b, true, false),
  ],
];

function gateShift(x, scale, offset, filter, bias) {
  return ops.gateShiftModule(x, { scale, offset, filter, bias });
}

function gruWeights() {
  return [random(1104, 368), random(1104, 368), random(1104), random(1104)];
}

function gru(x, ...weights) {
  const side = ([inputWeight, hiddenWeight, inputBias, hiddenBias]) => ({
    inputWeight,
    hiddenWeight,
    inputBias,
    hiddenBias,
  });
  return ops.bidirectionalGru(x, { forward: side(weights.slice(0, 4)), backward: side(weights.slice(4)) });
}

/** Median milliseconds of processor time. */
function time(run) {
  const spent = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  tf.dispose(run());
  const times = Array.from({ length: 5 }, () => {
    const start = spent();
    tf.dispose(run());
    return spent() - start;
  });
  return times.sort((a, b) => a - b)[2];
}

function measure() {
  return CASES.map(([, inputs, call, expected = inputs.map((_, index) => index)]) => {
    const loss = (...chosen) =>
      tf.sum(
        call(...inputs.map((input, index) => (expected.includes(index) ? chosen[expected.indexOf(index)] : input))),
      );
    const chosen = expected.map((index) => inputs[index]);
    return [time(() => call(...inputs)), time(() => tf.grads(loss)(chosen))];
  });
}

const plain = measure();
await ops.registerOps();
const registered = measure();
console.log(`${FRAMES} frames; plain / with registerOps() = times faster`);
console.log('operation'.padEnd(34), 'forward'.padStart(26), 'with gradients'.padStart(28));
for (const [index, [name]] of CASES.entries()) {
  const row = [0, 1].map((part) => {
    const [before, after] = [plain[index][part], registered[index][part]];
    return `${before.toFixed(1)} / ${after.toFixed(1)} = ${(before / after).toFixed(1)}`;
  });
  console.log(name.padEnd(34), row[0].padStart(26), row[1].padStart(28));
}
