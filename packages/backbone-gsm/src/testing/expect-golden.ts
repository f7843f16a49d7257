import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { GsmRegNetY } from '../index.js';
import { apart, goldenFrames, hashedTensor, readFixture, summary, summaryApart } from './golden-values.js';

/** Checks features, and all gradients of `sum(features * cotangent)`, against a fixture's tensors under `prefix`. */
export async function expectGolden(
  model: GsmRegNetY,
  file: string,
  prefix: string,
  tolerance: number,
  training = false,
): Promise<void> {
  const { tensors: golden, metadata } = readFixture(file);
  const features = golden.get(`${prefix}features`)!;
  const trainable = [...model.weights()].filter(([, weight]) => weight.trainable);
  const x = goldenFrames(metadata[`${prefix}frames`]!);
  const cotangent = hashedTensor('cotangent', features.shape);
  const apply = (frames: tf.Tensor): tf.Tensor => model.apply(frames as tf.Tensor5D, { training });
  const { value, grads } = tf.valueAndGrads(apply)([x, ...trainable.map(([, weight]) => weight)], cotangent);
  expect(apart(await value.data(), features.data), 'features').toBeLessThan(tolerance);
  for (const [index, name] of ['x', ...trainable.map(([key]) => key)].entries()) {
    const gradient = await grads[index]!.data();
    const expected = golden.get(`${prefix}gradient.${name}`)!.data;
    expect(summaryApart(summary(name, gradient), expected), `gradient of ${name}`).toBeLessThan(tolerance);
    const whole = golden.get(`${prefix}whole.${name}`);
    if (whole) {
      expect(apart(gradient, whole.data), `gradient of ${name}`).toBeLessThan(tolerance);
    }
  }
  tf.dispose([x, cotangent, value, grads]);
}
