import {
  CHECK_CONFIG,
  CHECK_FEATURES,
  checkFrames,
  checkStreamKernels,
  checkWeights,
  loadWasmKernels,
  sampleFeatures,
} from '@mcore/backbone-stream';
import { useTestEngine } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { GsmRegNetY } from './index.js';

it('checkStreamKernels compares with the features of the tensor version, to 1e-6', async () => {
  await useTestEngine('cpu');
  const model = new GsmRegNetY(CHECK_CONFIG, { seed: 0 });
  const weights = checkWeights();
  tf.tidy(() => {
    const named = [...model.weights()].map(
      ([name, { shape }]) => [name, tf.tensor(weights.get(name)!, shape)] as const,
    );
    model.load(Object.fromEntries(named));
  });
  const frozen = model.inferenceModel();
  const features = frozen.features(checkFrames());
  const kept = sampleFeatures(features.dataSync());
  expect(kept.filter((value) => value > 0.01).length).toBeGreaterThan(kept.length / 2);
  expect(relativeError(kept, CHECK_FEATURES)).toBeLessThan(1e-6);
  expect(checkStreamKernels(await loadWasmKernels())).toBeLessThan(1e-6);
  features.dispose();
  for (const owner of [frozen, model]) owner.dispose();
});
