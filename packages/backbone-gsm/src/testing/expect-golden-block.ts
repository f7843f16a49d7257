import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { blockSizes } from '../block-sizes.js';
import { foldedLayers } from '../folded-layers.js';
import { REGNETY_200MF } from '../index.js';
import { weightSpecs } from '../weight-specs.js';
import { yBlock } from '../y-block.js';
import { apart, goldenWeight, hashedTensor, readFixture, summary, summaryApart } from './golden-values.js';

const CLIPS = 2;

/**
 * Checks the output of one block of RegNetY-200MF, and all gradients of `sum(output * cotangent)`, against
 * `blocks.safetensors`.
 */
export async function expectGoldenBlock(name: string, shape: readonly number[], tolerance: number): Promise<void> {
  const { tensors: golden, metadata } = readFixture('blocks.safetensors');
  const sizes = blockSizes(REGNETY_200MF).find((block) => block.name === name)!;
  const specs = Object.entries(weightSpecs(REGNETY_200MF)).filter(([key]) => key.startsWith(`${name}.`));
  const weights = new Map(specs.map(([key, spec]) => [key, goldenWeight(key, spec.shape)]));
  const trainable = specs.filter(([, spec]) => spec.trainable ?? true).map(([key]) => key);
  const run = (x: tf.Tensor, ...values: tf.Tensor[]): tf.Tensor => {
    const given = new Map([...weights, ...trainable.map((key, index) => [key, values[index]!] as const)]);
    const layers = foldedLayers((key) => given.get(key)!);
    return yBlock(layers, sizes)(x as tf.Tensor4D, CLIPS);
  };
  const x = hashedTensor(metadata[`${name}.x`]!, shape, 2);
  const output = golden.get(`${name}.y`)!;
  const cotangent = hashedTensor('cotangent', output.shape);
  const { value, grads } = tf.valueAndGrads(run)([x, ...trainable.map((key) => weights.get(key)!)], cotangent);
  const [gradient, ...gradients] = grads;
  expect(apart(await value.data(), output.data), 'y').toBeLessThan(tolerance);
  const expected = golden.get(`${name}.gradient.x`)!.data;
  expect(apart(await gradient!.data(), expected), 'gradient of x').toBeLessThan(tolerance);
  for (const [index, key] of trainable.entries()) {
    const got = summary(key, await gradients[index]!.data());
    const kept = golden.get(`${name}.gradient.${key}`)!.data;
    expect(summaryApart(got, kept), `gradient of ${key}`).toBeLessThan(tolerance);
  }
  tf.dispose([x, ...weights.values(), cotangent, value, grads]);
}
