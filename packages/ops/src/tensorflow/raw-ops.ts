import type * as tf from '@tensorflow/tfjs-core';

/** Members of tfjs-node's backend that its public type lacks. */
export interface TensorflowBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice?: boolean;
  binding: Record<'TF_ATTR_INT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_ATTR_TYPE' | 'TF_FLOAT' | 'TF_INT32', number>;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: tf.TensorInfo[]): tf.Tensor;
}

interface Attribute {
  name: string;
  type: number;
  value: number | number[] | string | boolean;
}

/** Stride, padding and dilation of a convolution, the same for rows and columns. */
interface Window {
  stride?: number;
  /** Before and after. */
  padding?: readonly [number, number];
  dilation?: number;
}

/**
 * TensorFlow's own operations by name, for features that tfjs-node does not expose: groups, numeric padding, and gradients of convolutions
 * with numeric padding.
 */
export class RawOps {
  readonly #backend: TensorflowBackend;

  constructor(backend: TensorflowBackend) {
    this.#backend = backend;
  }

  /** Any number of groups: `filter` is `[height, width, channels / groups, outputs]`. */
  convolve(x: tf.TensorInfo, filter: tf.TensorInfo, window: Window): tf.Tensor4D {
    return this.#run('Conv2D', this.#windowAttributes(window), [x, filter]) as tf.Tensor4D;
  }

  /** One group only. */
  convolveFilterGradient(x: tf.TensorInfo, filterSizes: tf.Tensor1D, dy: tf.TensorInfo, window: Window): tf.Tensor4D {
    return this.#run('Conv2DBackpropFilter', this.#windowAttributes(window), [x, filterSizes, dy]) as tf.Tensor4D;
  }

  matMul(a: tf.TensorInfo, b: tf.TensorInfo, transposeA = false, transposeB = false): tf.Tensor2D {
    const { TF_ATTR_BOOL } = this.#backend.binding;
    const attributes = [
      { name: 'transpose_a', type: TF_ATTR_BOOL, value: transposeA },
      { name: 'transpose_b', type: TF_ATTR_BOOL, value: transposeB },
    ];
    return this.#run('MatMul', attributes, [a, b]) as tf.Tensor2D;
  }

  relu(x: tf.TensorInfo): tf.Tensor {
    return this.#run('Relu', [], [x]);
  }

  /** `dy` where `y` is positive. */
  reluGradient(dy: tf.TensorInfo, y: tf.TensorInfo): tf.Tensor {
    return this.#run('ReluGrad', [], [dy, y]);
  }

  /** Along the last axis; `x` has at least two. */
  addBias(x: tf.TensorInfo, bias: tf.TensorInfo): tf.Tensor {
    return this.#run('BiasAdd', [this.#dataFormat()], [x, bias]);
  }

  /** Sum over all axes but the last, of which there is at least one. */
  biasGradient(dy: tf.TensorInfo): tf.Tensor1D {
    return this.#run('BiasAddGrad', [this.#dataFormat()], [dy]) as tf.Tensor1D;
  }

  #windowAttributes({ stride = 1, padding: [before, after] = [1, 1], dilation = 1 }: Window): Attribute[] {
    const { TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_BOOL } = this.#backend.binding;
    return [
      { name: 'strides', type: TF_ATTR_INT, value: [1, stride, stride, 1] },
      { name: 'padding', type: TF_ATTR_STRING, value: 'EXPLICIT' },
      { name: 'explicit_paddings', type: TF_ATTR_INT, value: [0, 0, before, after, before, after, 0, 0] },
      this.#dataFormat(),
      { name: 'use_cudnn_on_gpu', type: TF_ATTR_BOOL, value: true },
      { name: 'dilations', type: TF_ATTR_INT, value: [1, dilation, dilation, 1] },
    ];
  }

  #dataFormat(): Attribute {
    return { name: 'data_format', type: this.#backend.binding.TF_ATTR_STRING, value: 'NHWC' };
  }

  #run(name: string, attributes: Attribute[], inputs: tf.TensorInfo[]): tf.Tensor {
    const { TF_ATTR_TYPE, TF_FLOAT } = this.#backend.binding;
    return this.#backend.executeSingleOutput(
      name,
      [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }, ...attributes],
      inputs,
    );
  }
}
