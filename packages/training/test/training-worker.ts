import '@tensorflow/tfjs';
import { encodeCheckpoint, type MCoReConfig } from '@mcore/model';
import { madeUpClips } from '@mcore/testing/frame-clips';
import { evaluate, fit } from '@mcore/training';
import * as tf from '@tensorflow/tfjs-core';

/** What a training in a worker, or in Node.js, comes to. */
export interface Trained {
  losses: number[];
  exemplars: number;
  predictions: number[];
  /** Bytes of the file that the weights are saved as. */
  saved: number;
  /** That were left. */
  tensors: number;
}

/** Trains on made-up clips and evaluates, on tfjs' plain backend. */
export async function train(config: MCoReConfig): Promise<Trained> {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const data = madeUpClips();
  const options = { data, preset: 'released', config, seed: 1, steps: 3, validateEvery: 3 } as const;
  const { weights, bank, history } = await fit(options);
  const { predictions } = await evaluate({ weights, data });
  return {
    losses: history.steps.map(({ total }) => total),
    exemplars: bank!.exemplars.length,
    predictions: predictions.map(({ predictedScore }) => predictedScore),
    saved: encodeCheckpoint(weights).length,
    tensors: tf.memory().numTensors - before,
  };
}

// in a worker of a page; Node.js imports the function above
if (typeof WorkerGlobalScope !== 'undefined') {
  addEventListener('message', async ({ data }) => {
    try {
      postMessage(await train(data as MCoReConfig));
    } catch (error) {
      postMessage({ error: String(error) });
    }
  });
}

declare const WorkerGlobalScope: unknown;
