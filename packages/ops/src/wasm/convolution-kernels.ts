import type * as tf from '@tensorflow/tfjs-core';
import { outputSize } from '../plain/convolution.js';
import { groupedBackward, groupedForward } from '../plain/grouped.js';
import type { WasmKernel } from './kernel.js';

/** The only group width that the C code supports. */
const GROUP_WIDTH = 8;

/** Kernels of convolutions, by name. */
export const CONVOLUTION_KERNELS: Record<string, WasmKernel> = {
  McoreGroupedConv2d: (heap, { x, filter, bias }, attributes) => {
    const { stride, groups, relu } = attributes as { stride: number; groups: number; relu: boolean };
    const [images, height, width, channels] = x!.shape as [number, number, number, number];
    if (channels !== groups * GROUP_WIDTH) {
      return groupedForward(x as tf.Tensor4D, filter as tf.Tensor4D, bias as tf.Tensor1D | undefined, {
        stride,
        groups,
        relu,
      });
    }
    const y = heap.output([images, outputSize(height, stride), outputSize(width, stride), channels]);
    heap.scratch(heap.kernels.grouped_conv_scratch(height, width, channels), (scratch) =>
      heap.kernels.grouped_conv(
        heap.pointer(x),
        heap.pointer(filter),
        heap.pointer(bias),
        heap.pointer(y),
        scratch,
        images,
        height,
        width,
        channels,
        stride,
        Number(relu),
      ),
    );
    return y;
  },

  McoreGroupedConv2dGradient: (heap, { dy, y, x, filter }, attributes) => {
    const { stride, groups, withBias } = attributes as { stride: number; groups: number; withBias: boolean };
    const [images, height, width, channels] = x!.shape as [number, number, number, number];
    if (channels !== groups * GROUP_WIDTH) {
      return groupedBackward(dy as tf.Tensor4D, y as tf.Tensor4D | undefined, x as tf.Tensor4D, filter as tf.Tensor4D, {
        stride,
        groups,
        withBias,
      });
    }
    const dx = heap.output(x!.shape);
    const dFilter = heap.output(filter!.shape);
    const dBias = withBias ? heap.output([channels]) : undefined;
    heap.scratch(heap.kernels.grouped_conv_gradient_scratch(height, width, channels, stride), (scratch) =>
      heap.kernels.grouped_conv_gradient(
        heap.pointer(dy),
        heap.pointer(y),
        heap.pointer(x),
        heap.pointer(filter),
        heap.pointer(dx),
        heap.pointer(dFilter),
        heap.pointer(dBias),
        scratch,
        images,
        height,
        width,
        channels,
        stride,
      ),
    );
    return dBias ? [dx, dFilter, dBias] : [dx, dFilter];
  },

  McoreConv2d3x3: (heap, { x, filter, bias }, attributes) => {
    const { stride, relu } = attributes as { stride: number; relu: boolean };
    const [images, height, width, inputs] = x!.shape as [number, number, number, number];
    const outputs = filter!.shape[3]!;
    const y = heap.output([images, outputSize(height, stride), outputSize(width, stride), outputs]);
    heap.scratch(heap.kernels.dense_conv_scratch(height, width, inputs, outputs), (scratch) =>
      heap.kernels.dense_conv(
        heap.pointer(x),
        heap.pointer(filter),
        heap.pointer(bias),
        heap.pointer(y),
        scratch,
        images,
        height,
        width,
        inputs,
        outputs,
        stride,
        Number(relu),
      ),
    );
    return y;
  },

  McoreConv2d3x3FilterGradient: (heap, { dy, y, x }, attributes) => {
    const { stride } = attributes as { stride: number };
    const [images, height, width, inputs] = x!.shape as [number, number, number, number];
    const outputs = dy!.shape[3]!;
    const dFilter = heap.output([3, 3, inputs, outputs]);
    const dBias = heap.output([outputs]);
    heap.scratch(heap.kernels.dense_conv_scratch(height, width, inputs, outputs), (scratch) =>
      heap.kernels.dense_conv_gradient(
        heap.pointer(dy),
        heap.pointer(y),
        heap.pointer(x),
        heap.pointer(dFilter),
        heap.pointer(dBias),
        scratch,
        images,
        height,
        width,
        inputs,
        outputs,
        stride,
      ),
    );
    return [dFilter, dBias];
  },

  McoreFoldNormalization: (heap, inputs, attributes) => {
    const { convWeight, weight, bias, runningMean, runningVariance } = inputs;
    const [outputs, depth, height, width] = convWeight!.shape as [number, number, number, number];
    const filter = heap.output([height, width, depth, outputs]);
    const folded = heap.output([outputs]);
    heap.kernels.fold_normalization(
      heap.pointer(convWeight),
      heap.pointer(weight),
      heap.pointer(bias),
      heap.pointer(runningMean),
      heap.pointer(runningVariance),
      attributes.epsilon as number,
      heap.pointer(filter),
      heap.pointer(folded),
      outputs,
      depth,
      height * width,
    );
    return [filter, folded];
  },

  McoreFoldNormalizationGradient: (heap, inputs, attributes) => {
    const { dFilter, dFolded, convWeight, weight, mean, variance } = inputs;
    const [outputs, depth, height, width] = convWeight!.shape as [number, number, number, number];
    const dConv = heap.output(convWeight!.shape);
    const dWeight = heap.output([outputs]);
    const dBias = heap.output([outputs]);
    heap.kernels.fold_normalization_gradient(
      heap.pointer(dFilter),
      heap.pointer(dFolded),
      heap.pointer(convWeight),
      heap.pointer(weight),
      heap.pointer(mean),
      heap.pointer(variance),
      attributes.epsilon as number,
      heap.pointer(dConv),
      heap.pointer(dWeight),
      heap.pointer(dBias),
      outputs,
      depth,
      height * width,
    );
    return [dConv, dWeight, dBias];
  },
};
