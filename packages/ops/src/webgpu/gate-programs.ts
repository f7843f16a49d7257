import * as tf from '@tensorflow/tfjs-core';
import { runProgram } from './program.js';

/** Approximate number of invocations that sum the filter gradient; each sums some frames. */
const SUMMING_INVOCATIONS = 16384;

/** Position of an element of `[clips, time, height, width, n]`: position, column, row, frame of its clip. */
const locate = (element: string) => `
      let position = ${element};
      let column = position % uniforms.width;
      let row = (position / uniforms.width) % uniforms.height;
      let frame = (position / uniforms.width / uniforms.height) % uniforms.time;`;

/** Sizes as uniforms, of features `[clips, time, height, width, channels]`. */
function sizes(shape: readonly number[]) {
  const [, time, height, width, channels] = shape as [number, number, number, number, number];
  return { time, height, width, channels };
}

/** The 3x3x3 convolution to two gates, see `gateConv3d`. */
export function gateConvForward(
  backend: tf.KernelBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  bias: tf.TensorInfo,
): tf.Tensor {
  return runProgram(backend, {
    key: 'gate_conv',
    inputs: { x, taps: filter, bias },
    uniforms: sizes(x.shape),
    shape: [...x.shape.slice(0, 4), 2],
    body: `
      let gate = index % 2;
      ${locate('index / 2')}
      let half = uniforms.channels / 2;
      var sum = bias[gate];
      for (var tap = 0; tap < 27; tap++) {
        let t = frame + tap / 9 - 1;
        let r = row + tap / 3 % 3 - 1;
        let c = column + tap % 3 - 1;
        if (t < 0 || t >= uniforms.time || r < 0 || r >= uniforms.height || c < 0 || c >= uniforms.width) { continue; }
        let seen = position + ((t - frame) * uniforms.height + r - row) * uniforms.width + c - column;
        let at = seen * uniforms.channels + gate * half;
        for (var k = 0; k < half; k++) { sum += x[at + k] * taps[(tap * half + k) * 2 + gate]; }
      }
      result[index] = sum;`,
  });
}

/** Its gradient by x. */
export function gateConvInputGradient(
  backend: tf.KernelBackend,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  shape: readonly number[],
): tf.Tensor {
  return runProgram(backend, {
    key: 'gate_conv_input_gradient',
    inputs: { dy, taps: filter },
    uniforms: sizes(shape),
    shape,
    body: `
      let channel = index % uniforms.channels;
      ${locate('index / uniforms.channels')}
      let half = uniforms.channels / 2;
      let gate = channel / half;
      var sum = 0.0;
      for (var tap = 0; tap < 27; tap++) {
        let t = frame - tap / 9 + 1;
        let r = row - tap / 3 % 3 + 1;
        let c = column - tap % 3 + 1;
        if (t < 0 || t >= uniforms.time || r < 0 || r >= uniforms.height || c < 0 || c >= uniforms.width) { continue; }
        let saw = position + ((t - frame) * uniforms.height + r - row) * uniforms.width + c - column;
        sum += dy[saw * 2 + gate] * taps[(tap * half + channel % half) * 2 + gate];
      }
      result[index] = sum;`,
  });
}

/** Its gradient by the filter: partial sums over some frames each, then their sum. */
export function gateConvFilterGradient(backend: tf.KernelBackend, x: tf.TensorInfo, dy: tf.TensorInfo): tf.Tensor {
  const uniforms = sizes(x.shape);
  const half = uniforms.channels / 2;
  const entries = 27 * half * 2;
  const frames = x.shape[0]! * uniforms.time;
  const parts = Math.max(1, Math.min(frames, Math.floor(SUMMING_INVOCATIONS / entries)));
  const partial = runProgram(backend, {
    key: 'gate_conv_filter_gradient',
    inputs: { x, dy },
    uniforms: { ...uniforms, all: frames, share: Math.ceil(frames / parts) },
    shape: [parts, entries],
    body: `
      let gate = index % 2;
      let half = uniforms.channels / 2;
      let channel = index / 2 % half;
      let tap = index / 2 / half % 27;
      let part = index / 2 / half / 27;
      var sum = 0.0;
      for (var frame = part * uniforms.share; frame < min((part + 1) * uniforms.share, uniforms.all); frame++) {
        let t = frame % uniforms.time + tap / 9 - 1;
        if (t < 0 || t >= uniforms.time) { continue; }
        for (var row = 0; row < uniforms.height; row++) {
          let r = row + tap / 3 % 3 - 1;
          if (r < 0 || r >= uniforms.height) { continue; }
          for (var column = 0; column < uniforms.width; column++) {
            let c = column + tap % 3 - 1;
            if (c < 0 || c >= uniforms.width) { continue; }
            let seen = ((frame + tap / 9 - 1) * uniforms.height + r) * uniforms.width + c;
            let own = (frame * uniforms.height + row) * uniforms.width + column;
            sum += x[seen * uniforms.channels + gate * half + channel] * dy[own * 2 + gate];
          }
        }
      }
      result[index] = sum;`,
  });
  return tf.reshape(tf.sum(partial, 0), [3, 3, 3, half, 2]);
}

/** The whole gate shift, see `gateShift`. */
export function gateShiftForward(backend: tf.KernelBackend, x: tf.TensorInfo, gate: tf.TensorInfo): tf.Tensor {
  return runProgram(backend, {
    key: 'gate_shift',
    inputs: { x, gates: gate },
    uniforms: sizes(x.shape),
    shape: x.shape,
    body: `
      let channels = uniforms.channels;
      let half = channels / 2;
      let side = index % channels / half;
      let place = index % half;
      let source = side * half + place % 2 * (half / 2) + place / 2;
      ${locate('index / channels')}
      var value = x[position * channels + source] * (1.0 - gates[position * 2 + side]);
      let sender = frame + 1 - 2 * side;
      if (sender >= 0 && sender < uniforms.time) {
        let other = position + (sender - frame) * uniforms.height * uniforms.width;
        value += x[other * channels + source] * gates[other * 2 + side];
      }
      result[index] = value;`,
  });
}

/** What this frame's half sent to its neighbour, minus what stayed; both gradients use it. */
const MOVED = `
      var moved = -own;
      let to = frame - 1 + 2 * side;
      if (to >= 0 && to < uniforms.time) {
        let other = position + (to - frame) * uniforms.height * uniforms.width;
        moved += dy[other * channels + sent];
      }`;

/** Its gradients by x and by the gates. */
export function gateShiftBackward(
  backend: tf.KernelBackend,
  dy: tf.TensorInfo,
  x: tf.TensorInfo,
  gate: tf.TensorInfo,
): [tf.Tensor, tf.Tensor] {
  const dx = runProgram(backend, {
    key: 'gate_shift_input_gradient',
    inputs: { dy, gates: gate },
    uniforms: sizes(x.shape),
    shape: x.shape,
    body: `
      let channels = uniforms.channels;
      let half = channels / 2;
      let side = index % channels / half;
      let place = index % half;
      let sent = side * half + place % (half / 2) * 2 + place / (half / 2);
      ${locate('index / channels')}
      let own = dy[position * channels + sent];
      ${MOVED}
      result[index] = own + gates[position * 2 + side] * moved;`,
  });
  const dGate = runProgram(backend, {
    key: 'gate_shift_gate_gradient',
    inputs: { dy, x },
    uniforms: sizes(x.shape),
    shape: gate.shape,
    body: `
      let channels = uniforms.channels;
      let half = channels / 2;
      let side = index % 2;
      ${locate('index / 2')}
      var sum = 0.0;
      for (var place = 0; place < half; place++) {
        let sent = side * half + place % (half / 2) * 2 + place / (half / 2);
        let own = dy[position * channels + sent];
        ${MOVED}
        sum += x[position * channels + side * half + place] * moved;
      }
      result[index] = sum;`,
  });
  return [dx, dGate];
}
