import { goldenWeight, hashedTensor, summary, summaryApart } from '@mcore/testing/backbone-values';
import { useTestEngine } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { blockSizes } from './block-sizes.js';
import { foldedLayers } from './folded-layers.js';
import { REGNETY_200MF } from './index.js';
import { weightSpecs } from './weight-specs.js';
import { yBlock } from './y-block.js';

const CLIPS = 2;

/**
 * Checks the output of one block of RegNetY-200MF, and all gradients of `sum(output * cotangent)`, against
 * `blocks.safetensors`.
 */
async function expectGoldenBlock(name: string, shape: readonly number[], tolerance: number): Promise<void> {
  const golden = readFixture('backbone-gsm', 'blocks');
  const sizes = blockSizes(REGNETY_200MF).find((block) => block.name === name)!;
  const specs = Object.entries(weightSpecs(REGNETY_200MF)).filter(([key]) => key.startsWith(`${name}.`));
  const weights = new Map(specs.map(([key, spec]) => [key, goldenWeight(key, spec.shape)]));
  const trainable = specs.filter(([, spec]) => spec.trainable ?? true).map(([key]) => key);
  const run = (x: tf.Tensor, ...values: tf.Tensor[]): tf.Tensor => {
    const given = new Map([...weights, ...trainable.map((key, index) => [key, values[index]!] as const)]);
    const layers = foldedLayers((key) => given.get(key)!);
    return yBlock(layers, sizes)(x as tf.Tensor4D, CLIPS);
  };
  const x = hashedTensor(golden.metadata[`${name}.x`]!, shape, 2);
  const { shape: outputShape } = golden.tensors.get(`${name}.y`)!;
  const cotangent = hashedTensor('cotangent', outputShape);
  const { value, grads } = tf.valueAndGrads(run)([x, ...trainable.map((key) => weights.get(key)!)], cotangent);
  const [gradient, ...gradients] = grads;
  expect(relativeError(await value.data(), golden.values(`${name}.y`)), 'y').toBeLessThan(tolerance);
  const expected = golden.values(`${name}.gradient.x`);
  expect(relativeError(await gradient!.data(), expected), 'gradient of x').toBeLessThan(tolerance);
  for (const [index, key] of trainable.entries()) {
    const got = summary(key, await gradients[index]!.data());
    const kept = golden.values(`${name}.gradient.${key}`);
    expect(summaryApart(got, kept), `gradient of ${key}`).toBeLessThan(tolerance);
  }
  tf.dispose([x, ...weights.values(), cotangent, value, grads]);
}

describe.each(['cpu', 'wasm', 'wasm after registerOps'] as const)('yBlock on %s', (engine) => {
  beforeAll(() => useTestEngine(engine));

  it.each([
    ['s2.b1', 'stride 2 and a projected shortcut', [6, 9, 6, 24]],
    ['s3.b2', 'stride 1 and the input as its shortcut', [6, 3, 4, 152]],
  ])('%s, with %s, has the output and gradients of timm around a gate-shift module, to 1e-5', (name, _, shape) =>
    expectGoldenBlock(name, shape, 1e-5),
  );
});
