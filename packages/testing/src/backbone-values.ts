import '@tensorflow/tfjs';
import { GsmRegNetY, type GsmRegNetYConfig } from '@mcore/backbone-gsm';
import * as tf from '@tensorflow/tfjs-core';

/*
 * Values that fixtures leave out because they follow from a name: the same rules as in
 * goldens/backbone_gsm_reference.py.
 */

/**
 * Numbers in [-1, 1) that depend on `name` and their position alone: FNV-1a of the name, then SplitMix32's finaliser
 * of a counter.
 */
export function hashed(name: string, count: number): Float64Array {
  let seed = 0x811c9dc5;
  for (const char of name) {
    seed = Math.imul(seed ^ char.charCodeAt(0), 0x01000193);
  }
  const values = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    let word = (seed + Math.imul(index + 1, 0x9e3779b9)) >>> 0;
    word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    values[index] = ((word ^ (word >>> 15)) >>> 0) / 2 ** 31 - 1;
  }
  return values;
}

/** Hashed values in a tensor, each times `scale` plus `shift`. */
export function hashedTensor(name: string, shape: readonly number[], scale = 1, shift = 0): tf.Tensor {
  const values = hashed(name, tf.util.sizeFromShape([...shape])).map((value) => shift + scale * value);
  return tf.tensor(Float32Array.from(values), [...shape]);
}

/** The golden value of a tensor of the state dict, none of them trivial. */
export function goldenWeight(name: string, shape: readonly number[]): tf.Tensor {
  if (name.endsWith('conv3.bn.weight')) return hashedTensor(name, shape, 0.3, 0.5);
  if (name.endsWith('bn.weight')) return hashedTensor(name, shape, 0.4, 1);
  if (name.endsWith('running_var')) return hashedTensor(name, shape, 0.5, 1);
  if (name.endsWith('bn.bias') || name.endsWith('running_mean')) return hashedTensor(name, shape, 0.3);
  if (name.endsWith('.bias')) return hashedTensor(name, shape, 0.4);
  return hashedTensor(name, shape, Math.sqrt(6 / tf.util.sizeFromShape(shape.slice(1))));
}

/** Golden values for all weights of a model. */
export function goldenWeights(weights: ReadonlyMap<string, tf.Tensor>): Map<string, tf.Tensor> {
  return new Map([...weights].map(([name, { shape }]) => [name, goldenWeight(name, shape)]));
}

/** A backbone with the golden weights. */
export function goldenBackbone(config: Partial<GsmRegNetYConfig>): GsmRegNetY {
  const model = new GsmRegNetY(config, { seed: 0 });
  tf.tidy(() => model.load(goldenWeights(model.weights())));
  return model;
}

/** Frames that the goldens saw, `[2, 3, 24, 40, 3]`. */
export function goldenFrames(name: string): tf.Tensor5D {
  return hashedTensor(name, [2, 3, 24, 40, 3], 2) as tf.Tensor5D;
}

/** `[norm, <g, d0>, .., <g, d3>]`, with `d_k` hashed from `name#k`: how fixtures keep a gradient of many numbers. */
export function summary(name: string, gradient: ArrayLike<number>): number[] {
  const values = Float64Array.from(gradient);
  const products = [0, 1, 2, 3].map((k) => {
    const direction = hashed(`${name}#${k}`, values.length);
    return values.reduce((sum, value, index) => sum + value * direction[index]!, 0);
  });
  return [norm(values), ...products];
}

/** The largest difference of two summaries, over the norm of the gradient that the second is of. */
export function summaryApart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(b, (value, index) => Math.abs(a[index]! - value))) / b[0]!;
}

function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    sum += values[index]! ** 2;
  }
  return Math.sqrt(sum);
}
