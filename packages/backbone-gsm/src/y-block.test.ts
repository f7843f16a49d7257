import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { blockSizes } from './block-sizes.js';
import { foldedLayers } from './folded-layers.js';
import { REGNETY_200MF } from './index.js';
import { ENGINES, useEngine } from './testing/engines.js';
import { apart, goldenWeight, hashedTensor, readFixture, summary, summaryApart } from './testing/golden-values.js';
import { weightSpecs } from './weight-specs.js';
import { yBlock } from './y-block.js';

const CLIPS = 2;

describe.each(ENGINES)('yBlock on %s', (engine) => {
  beforeAll(() => useEngine(engine));

  it.each([
    ['s2.b1', 'stride 2 and a projected shortcut', [6, 9, 6, 24]],
    ['s3.b2', 'stride 1 and the input as its shortcut', [6, 3, 4, 152]],
  ])('%s, with %s, has the output and gradients of timm around a gate-shift module, to 1e-5', (name, _, shape) => {
    const { tensors: golden, metadata } = readFixture('blocks.safetensors');
    const sizes = blockSizes(REGNETY_200MF).find((block) => block.name === name)!;
    const specs = Object.entries(weightSpecs(REGNETY_200MF)).filter(([key]) => key.startsWith(`${name}.`));
    tf.tidy(() => {
      const x = hashedTensor(metadata[`${name}.x`]!, shape, 2) as tf.Tensor4D;
      const weights = specs.map(([key, spec]) => goldenWeight(key, spec.shape));
      const run = (input: tf.Tensor, ...values: tf.Tensor[]) => {
        const layers = foldedLayers((key) => values[specs.findIndex(([other]) => other === key)]!);
        return yBlock(layers, sizes)(input as tf.Tensor4D, CLIPS);
      };
      const y = run(x, ...weights);
      expect(apart(y.dataSync(), golden.get(`${name}.y`)!.data), 'y').toBeLessThan(1e-5);
      const [gradient, ...gradients] = tf.grads(run)([x, ...weights], hashedTensor('cotangent', y.shape));
      expect(apart(gradient!.dataSync(), golden.get(`${name}.gradient.x`)!.data), 'gradient of x').toBeLessThan(1e-5);
      for (const [index, [key, { trainable = true }]] of specs.entries()) {
        if (trainable) {
          const wanted = golden.get(`${name}.gradient.${key}`)!.data;
          expect(summaryApart(summary(key, gradients[index]!), wanted), `gradient of ${key}`).toBeLessThan(1e-5);
        }
      }
    });
  });
});
