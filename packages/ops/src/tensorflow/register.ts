import * as tf from '@tensorflow/tfjs-core';
import { convolveInputGradient } from '../plain/convolution.js';
import { groupedFilterGradient, groupedInputGradient } from './grouped.js';
import { RawOps, type TensorflowBackend } from './raw-ops.js';
import { sideKernels } from './side-kernels.js';

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Kernel = (ops: RawOps, inputs: Inputs, attributes: never) => tf.Tensor | tf.Tensor[];

/**
 * Registers this package's kernels on the tensorflow backend. They use TensorFlow's own operations and, on a CPU, some kernels of the wasm
 * backend.
 */
export async function registerTensorflowKernels(relaxed: boolean): Promise<void> {
  if (tf.getKernel('McoreConvolve', 'tensorflow')) {
    return;
  }
  const backend = tf.backend() as TensorflowBackend;
  const side = backend.isUsingGpuDevice ? {} : await sideKernels(relaxed);
  for (const [kernelName, kernelFunc] of Object.entries(side)) {
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
  }
  for (const [kernelName, kernel] of Object.entries(KERNELS)) {
    tf.registerKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: ({ inputs, attrs, backend }) => {
        const ops = new RawOps(backend as TensorflowBackend);
        return tf.tidy(() => kernel(ops, inputs as Inputs, (attrs ?? {}) as never));
      },
    });
  }
}

const KERNELS: Record<string, Kernel> = {
  McoreConvolve: (ops, { x, filter }, { stride }: { stride: number }) => ops.convolve(x!, filter!, { stride }),

  McoreConvolveFilterGradient: (ops, { x, dy }, { stride }: { stride: number }) => {
    const sizes = tf.tensor1d([3, 3, x!.shape[3]!, dy!.shape[3]!], 'int32');
    return ops.convolveFilterGradient(x!, sizes, dy!, { stride });
  },

  McoreConv2d3x3: (ops, { x, filter, bias }, { stride, relu }: { stride: number; relu: boolean }) =>
    withBias(ops, ops.convolve(x!, filter!, { stride }), bias, relu),

  McoreGroupedConv2d: (ops, { x, filter, bias }, { stride, relu }: { stride: number; relu: boolean }) =>
    withBias(ops, ops.convolve(x!, filter!, { stride }), bias, relu),

  McoreGroupedConv2dGradient: (
    ops,
    inputs,
    { stride, groups, withBias: expected }: { stride: number; groups: number; withBias: boolean },
  ) => {
    const { dy, y, x, filter } = inputs as Record<string, tf.Tensor4D>;
    const [, height, width] = x!.shape;
    const masked = (y ? ops.reluGradient(dy!, y) : dy!) as tf.Tensor4D;
    const dx =
      groups === 1
        ? convolveInputGradient(masked, filter!, stride, x!.shape)
        : groupedInputGradient(ops, masked, filter!, stride, groups, height, width);
    const dFilter = groupedFilterGradient(ops, x!, masked, stride, groups);
    return expected ? [dx, dFilter, ops.biasGradient(masked)] : [dx, dFilter];
  },

  McorePointwise: (ops, { x, weight, bias }, { relu }: { relu: boolean }) => {
    const [inputs, outputs] = weight!.shape as [number, number];
    const y = withBias(ops, ops.matMul(tf.reshape(x!, [-1, inputs]), weight!), bias, relu);
    return tf.reshape(y, [...x!.shape.slice(0, -1), outputs]);
  },

  McorePointwiseGradient: (ops, { dy, y, x, weight }) => {
    const [inputs, outputs] = weight!.shape as [number, number];
    const masked = tf.reshape(y ? ops.reluGradient(dy!, y) : dy!, [-1, outputs]);
    const dx = tf.reshape(ops.matMul(masked, weight!, false, true), x!.shape);
    const dWeight = ops.matMul(tf.reshape(x!, [-1, inputs]), masked, true, false);
    return [dx, dWeight, ops.biasGradient(masked)];
  },

  McoreMatMulTransposedA: (ops, { a, b }) => ops.matMul(a!, b!, true, false),
  McoreMatMulTransposedB: (ops, { a, b }) => ops.matMul(a!, b!, false, true),
  McoreReluGradient: (ops, { dy, y }) => ops.reluGradient(dy!, y!),
  McoreSumRows: (ops, { x }) => ops.biasGradient(tf.reshape(x!, [-1, x!.shape[x!.rank - 1]!])),
};

function withBias(ops: RawOps, x: tf.Tensor, bias: tf.Tensor | undefined, relu: boolean): tf.Tensor {
  const sum = bias ? ops.addBias(x, bias) : x;
  return relu ? ops.relu(sum) : sum;
}
