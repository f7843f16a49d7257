import * as tf from '@tensorflow/tfjs-core';
import { GsmRegNetY, type GsmRegNetYConfig } from '../index.js';
import { goldenWeights } from './golden-values.js';

/** A model with the golden weights. */
export function goldenModel(config: Partial<GsmRegNetYConfig>): GsmRegNetY {
  const model = new GsmRegNetY(config, { seed: 0 });
  tf.tidy(() => model.load(goldenWeights(model.weights())));
  return model;
}
