import { layerNorm } from '@mcore/contrastive-regressor';
import {
  biasUniform,
  constant,
  createVariables,
  disposeVariables,
  type Initializer,
  kaimingUniform,
  pointwise,
  type WeightSpec,
} from '@mcore/ops';
import { Random } from '@mcore/random';
import { dropout } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';

/** Weights by name, as heads describe them. */
export type Specs = Record<string, WeightSpec>;

/** `nn.Linear`, drawn as PyTorch draws it unless told otherwise. */
export function linearSpecs(
  name: string,
  inputs: number,
  outputs: number,
  options: {
    bias?: boolean;
    kernel?: readonly number[];
    initializer?: Initializer;
    biasInitializer?: Initializer;
  } = {},
): Specs {
  const shape = [outputs, inputs, ...(options.kernel ?? [])];
  const { bias = true, initializer = kaimingUniform, biasInitializer = biasUniform(shape) } = options;
  return {
    [`${name}.weight`]: { shape, initializer },
    ...(bias ? { [`${name}.bias`]: { shape: [outputs], initializer: biasInitializer } } : {}),
  };
}

/**
 * `nn.LayerNorm`: scale 1, shift 0.
 *
 * @param tall - The shape is `[1, channels, 1]`, as of a norm written for `[batch, channels, time]`.
 */
export function normSpecs(name: string, channels: number, tall = false): Specs {
  const shape = tall ? [1, channels, 1] : [channels];
  return {
    [`${name}.weight`]: { shape, initializer: constant(1) },
    [`${name}.bias`]: { shape, initializer: constant(0) },
  };
}

/** Xavier's uniform initialisation of matrices (Glorot and Bengio, 2010), as `nn.init.xavier_uniform_`. */
export const xavierUniform: Initializer = (shape, random) => {
  const receptive = shape.slice(2).reduce((product, size) => product * size, 1);
  const bound = Math.sqrt(6 / ((shape[0]! + shape[1]!) * receptive));
  const size = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from({ length: size }, () => random.uniform(-bound, bound));
};

/** The variables of a head with the layers that read them. */
export class Layers {
  readonly #variables: Map<string, tf.Variable>;

  constructor(specs: Specs, seed: number | string) {
    this.#variables = createVariables(specs, seed);
  }

  weights(): Map<string, tf.Variable> {
    return new Map(this.#variables);
  }

  dispose(): void {
    disposeVariables(this.#variables);
  }

  /** A variable by name, in PyTorch's layout. */
  weight<T extends tf.Tensor>(name: string): T {
    return this.#variables.get(name) as tf.Tensor as T;
  }

  /** A linear layer of the last axis; a 1x1 convolution's weight may keep its kernel axis of 1. */
  linear<T extends tf.Tensor>(name: string, x: T, activation: 'linear' | 'relu' = 'linear'): T {
    const weight = this.weight(`${name}.weight`);
    const matrix = tf.reshape(weight, [weight.shape[0]!, weight.size / weight.shape[0]!]) as tf.Tensor2D;
    const bias = this.#variables.has(`${name}.bias`) ? this.weight<tf.Tensor1D>(`${name}.bias`) : null;
    return pointwise(x, tf.transpose(matrix) as tf.Tensor2D, bias, { activation });
  }

  /** Linear layers in a row, ReLU after all but the last (after that too where `last` says so). */
  mlp<T extends tf.Tensor>(names: readonly string[], x: T, last: 'linear' | 'relu' = 'linear'): T {
    return names.reduce((y, name, index) => this.linear(name, y, index < names.length - 1 ? 'relu' : last), x);
  }

  /** Layer normalisation of the last axis, any rank. */
  norm<T extends tf.Tensor>(name: string, x: T): T {
    const channels = x.shape.at(-1)!;
    const [scale, shift] = [this.weight(`${name}.weight`), this.weight(`${name}.bias`)].map((value) =>
      tf.reshape(value, [channels]),
    ) as [tf.Tensor1D, tf.Tensor1D];
    return tf.reshape(layerNorm(tf.reshape(x, [-1, channels]) as tf.Tensor2D, scale, shift), x.shape) as T;
  }

  /** A convolution of three along axis 1 of `[batch, length, inputs]`, zeros beyond both ends (`nn.Conv1d(..., 3, padding=1)`). */
  conv3(name: string, x: tf.Tensor3D, activation: 'linear' | 'relu' = 'linear'): tf.Tensor3D {
    const weight = this.weight<tf.Tensor3D>(`${name}.weight`); // [out, in, 3]
    const [outputs, inputs] = weight.shape;
    const matrix = tf.reshape(tf.transpose(weight, [2, 1, 0]), [3 * inputs, outputs]) as tf.Tensor2D;
    const bias = this.#variables.has(`${name}.bias`) ? this.weight<tf.Tensor1D>(`${name}.bias`) : null;
    return pointwise(tf.concat(neighbours(x), 2) as tf.Tensor3D, matrix, bias, { activation });
  }

  /** The same with a filter of its own for every channel and no bias (`groups=channels`). */
  depthwiseConv3(name: string, x: tf.Tensor3D): tf.Tensor3D {
    const taps = tf.unstack(tf.transpose(this.weight<tf.Tensor3D>(`${name}.weight`), [2, 1, 0])); // 3 x [1, C]
    const products = neighbours(x).map((shifted, tap) => tf.mul(shifted, tf.reshape(taps[tap]!, [-1])));
    return tf.addN(products) as tf.Tensor3D;
  }
}

/** The step before, the step itself and the step after, zeros beyond the ends. */
function neighbours(x: tf.Tensor3D): tf.Tensor3D[] {
  const length = x.shape[1];
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [0, 0],
  ]);
  return [0, 1, 2].map((start) => tf.slice(padded, [0, start, 0], [-1, length, -1]));
}

/**
 * Dropout of one forward pass: every call draws from a sequence of its own, so that no layer's mask depends on another's size.
 *
 * @param random - None outside of training: nothing is dropped then.
 */
export function dropoutOf(random: Random | undefined): <T extends tf.Tensor>(x: T, rate: number) => T {
  if (random === undefined) return (x) => x;
  const pass = random.bits();
  let call = 0;
  return (x, rate) => (rate > 0 ? dropout(x, rate, Random.for(pass, 'dropout', call++)) : x);
}
