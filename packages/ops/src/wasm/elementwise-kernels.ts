import type * as tf from '@tensorflow/tfjs-core';
import { outputSize } from '../plain/convolution.js';
import type { Heap } from './heap.js';
import type { WasmKernel } from './kernel.js';

/** Kernels of linear maps and of elementwise work, by name. */
export const ELEMENTWISE_KERNELS: Record<string, WasmKernel<Heap>> = {
  McorePointwise: (heap, { x, weight, bias }, { relu }) => {
    const [inputs, outputs] = weight!.shape as [number, number];
    const y = heap.output([...x!.shape.slice(0, -1), outputs]);
    heap.scratch(packedSize(inputs, outputs), (scratch) =>
      heap.kernels.pointwise(
        heap.pointer(x),
        heap.pointer(weight),
        heap.pointer(bias),
        heap.pointer(y),
        scratch,
        sizeOf(x!) / inputs,
        inputs,
        outputs,
        Number(relu),
      ),
    );
    return y;
  },

  McorePointwiseGradient: (heap, { dy, y, x, weight }) => {
    const [inputs, outputs] = weight!.shape as [number, number];
    const dx = heap.output(x!.shape);
    const dWeight = heap.output([inputs, outputs]);
    const dBias = heap.output([outputs]);
    heap.scratch(packedSize(outputs, inputs) + 64 * outputs, (scratch) =>
      heap.kernels.pointwise_gradient(
        heap.pointer(dy),
        heap.pointer(y),
        heap.pointer(x),
        heap.pointer(weight),
        heap.pointer(dx),
        heap.pointer(dWeight),
        heap.pointer(dBias),
        scratch,
        sizeOf(x!) / inputs,
        inputs,
        outputs,
      ),
    );
    return [dx, dWeight, dBias];
  },

  McoreMatMulTransposedA: (heap, { a, b }) => product(heap, a!, b!, true, false),
  McoreMatMulTransposedB: (heap, { a, b }) => product(heap, a!, b!, false, true),

  McoreSumRows: (heap, { x }) => {
    const channels = x!.shape[x!.shape.length - 1]!;
    const sums = heap.output([channels]);
    heap.kernels.sum_rows(heap.pointer(x), heap.pointer(sums), sizeOf(x!) / channels, channels);
    return sums;
  },

  McoreBiasRelu: (heap, { x, bias }) => {
    const channels = bias!.shape[0]!;
    const y = heap.output(x!.shape);
    heap.kernels.bias_relu(heap.pointer(x), heap.pointer(bias), heap.pointer(y), sizeOf(x!) / channels, channels);
    return y;
  },

  McoreAddRelu: (heap, { a, b }) => {
    const y = heap.output(a!.shape);
    heap.kernels.add_relu(heap.pointer(a), heap.pointer(b), heap.pointer(y), sizeOf(a!));
    return y;
  },

  McoreReluGradient: (heap, { dy, y }) => {
    const dx = heap.output(dy!.shape);
    heap.kernels.relu_gradient(heap.pointer(dy), heap.pointer(y), heap.pointer(dx), sizeOf(dy!));
    return dx;
  },

  McoreScaleChannels: (heap, { x, scale }) => {
    const [images, height, width, channels] = x!.shape as [number, number, number, number];
    const y = heap.output(x!.shape);
    heap.kernels.scale_channels(
      heap.pointer(x),
      heap.pointer(scale),
      heap.pointer(y),
      images,
      height * width,
      channels,
    );
    return y;
  },

  McoreScaleChannelsGradient: (heap, { dy, x, scale }) => {
    const [images, height, width, channels] = x!.shape as [number, number, number, number];
    const dx = heap.output(x!.shape);
    const dScale = heap.output(scale!.shape);
    heap.kernels.scale_channels_gradient(
      heap.pointer(dy),
      heap.pointer(x),
      heap.pointer(scale),
      heap.pointer(dx),
      heap.pointer(dScale),
      images,
      height * width,
      channels,
    );
    return [dx, dScale];
  },

  McoreMeanOverPositions: (heap, { x }) => {
    const [images, height, width, channels] = x!.shape as [number, number, number, number];
    const means = heap.output([images, channels]);
    heap.kernels.mean_positions(heap.pointer(x), heap.pointer(means), images, height * width, channels);
    return means;
  },

  McoreMeanOverPositionsGradient: (heap, { dy }, attributes) => {
    const { height, width } = attributes as { height: number; width: number };
    const [images, channels] = dy!.shape as [number, number];
    const dx = heap.output([images, height, width, channels]);
    heap.kernels.mean_positions_gradient(heap.pointer(dy), heap.pointer(dx), images, height * width, channels);
    return dx;
  },

  McoreSubsample2: (heap, { x }) => {
    const [images, height, width, channels] = x!.shape as [number, number, number, number];
    const y = heap.output([images, outputSize(height, 2), outputSize(width, 2), channels]);
    heap.kernels.subsample(heap.pointer(x), heap.pointer(y), images, height, width, channels);
    return y;
  },

  McoreSubsample2Gradient: (heap, { dy }, attributes) => {
    const { height, width } = attributes as { height: number; width: number };
    const [images, , , channels] = dy!.shape as [number, number, number, number];
    const dx = heap.output([images, height, width, channels]);
    heap.kernels.subsample_gradient(heap.pointer(dy), heap.pointer(dx), images, height, width, channels);
    return dx;
  },

  McoreNormalizeBytes: (heap, _inputs, attributes) => {
    const { data, table, shape } = attributes as { data: Uint8Array; table: Float32Array; shape: number[] };
    const y = heap.output(shape);
    heap.scratch(table.length + Math.ceil(data.length / 4), (scratch) => {
      heap.write(new Uint8Array(table.buffer), scratch);
      heap.write(data, scratch + 4 * table.length);
      heap.kernels.normalize_bytes(scratch + 4 * table.length, scratch, heap.pointer(y), data.length / 3);
    });
    return y;
  },
};

/** Number of floats of a packed right side; as packed_size in matmul.h. */
export function packedSize(depth: number, columns: number): number {
  return Math.ceil(columns / 8) * (depth + 1) * 8;
}

function product(
  heap: Heap,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): tf.TensorInfo {
  const [rows, depth] = (transposeA ? [...a.shape].reverse() : a.shape) as [number, number];
  const columns = b.shape[transposeB ? 0 : 1]!;
  const out = heap.output([rows, columns]);
  heap.scratch(packedSize(depth, columns), (scratch) =>
    heap.kernels.matmul(
      heap.pointer(a),
      heap.pointer(b),
      heap.pointer(out),
      scratch,
      rows,
      depth,
      columns,
      Number(transposeA),
      Number(transposeB),
    ),
  );
  return out;
}

function sizeOf({ shape }: tf.TensorInfo): number {
  return shape.reduce((size, length) => size * length, 1);
}
