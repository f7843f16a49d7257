import '@tensorflow/tfjs';
import { METHODS } from '@mcore/aqa-heads';
import { ArgumentError } from '@mcore/errors';
import { madeUpSource } from '@mcore/testing/feature-clips';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitHead } from './index.js';

const several = madeUpSource();
/** The made-up clips with their score as the only target. */
const source = {
  ...several,
  targets: ['score'],
  clips: several.clips.map((clip) => ({ ...clip, targets: { score: clip.score } })),
  readFeatures: (id: string) => several.readFeatures(id),
};
const train = source.clips.filter(({ split }) => split === 'train');
const test = source.clips.filter(({ split }) => split === 'test');
const settings = {
  steps: 3,
  batchSize: 4,
  exemplars: 3,
  augmentation: { warp: 0.1, offset: 0.1, channelDropout: 0 },
  model: { steps: 16 },
};
const regressor = { blocks: 1, heads: 2, mlpRatio: 1, hidden: [8] };
const small = {
  usdl: { hidden: [8] },
  musdl: { hidden: [8] },
  core: { hidden: 8 },
  tpt: { width: 8, ffn: 8, heads: 2 },
  tsa: { projection: 16, channels: [4, 4], frames: 16, regressor },
  'hp-mcore': { segmenter: { hiddenSize: 4, dropout: 0.2 }, reducer: { hidden: 8, width: 8 }, regressor },
  rica2: { width: 8, heads: 2 },
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('fitHead', () => {
  it.each(METHODS)(
    '%s trains on features, predicts finite scores alike for one seed, and leaves no tensor',
    async (method) => {
      const before = tf.memory().numTensors;
      const outcomes = [];
      for (const seed of [1, 1, 2]) {
        const totals: number[] = [];
        const onStep = ({ total }: { total: number }) => totals.push(total);
        const scorer = await fitHead({ source, train, method, changes: small[method], settings, seed, onStep });
        const predictions = await scorer.predict(test.slice(0, 3));
        scorer.dispose();
        expect(totals).toHaveLength(3);
        expect(predictions.every(({ targets }) => Number.isFinite(targets.score))).toBe(true);
        outcomes.push({ totals, predictions });
      }
      expect(outcomes[1]).toEqual(outcomes[0]);
      expect(outcomes[2]!.totals).not.toEqual(outcomes[0]!.totals);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('refuses data with several targets', async () => {
    await expect(fitHead({ source: several, train: several.clips, method: 'usdl', seed: 1 })).rejects.toThrow(
      new ArgumentError(`fitHead: expected data with one target, got ${several.targets.join(', ')}.`),
    );
  });
});
