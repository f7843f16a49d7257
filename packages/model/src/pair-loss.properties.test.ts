import { useTestEngine } from '@mcore/testing/engines';
import { readFixture } from '@mcore/testing/fixtures';
import { configOfSizes } from '@mcore/testing/golden-model';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type LabelledClips, MCoRe, type MCoReConfig, pairLosses } from './index.js';

const metadata = readFixture('model', 'released').metadata;

/** Every form of the loss that a configuration can choose. */
const variant = fc.record({
  preset: fc.constantFrom('paper', 'released'),
  regression: fc.constantFrom('exemplars', 'exemplar-free'),
  stagewise: fc.boolean(),
  regressionDirections: fc.constantFrom('both', 'query'),
  segmentation: fc.constantFrom('paper', 'released'),
  contrast: fc.constantFrom('paper', 'released'),
}) as fc.Arbitrary<{
  preset: 'paper' | 'released';
  regression: 'exemplars' | 'exemplar-free';
  stagewise: boolean;
  regressionDirections: 'both' | 'query';
  segmentation: 'paper' | 'released';
  contrast: 'paper' | 'released';
}>;

/** Videos: black, white, one colour, noise. Factors on their features: 0, 1, far too large. */
const video = fc.oneof(
  fc.constantFrom(0, 255),
  fc.double({ min: 0, max: 255, noNaN: true }),
  fc.constant('noise' as const),
);
const clip = fc.record({
  pixels: video,
  score: fc.oneof(fc.double({ min: 0, max: 120, noNaN: true }), fc.constantFrom(0, 1e6)),
  transitions: fc.constantFrom([0, 0], [1, 4], [2, 3], [5, 5]),
});
const factor = fc.constantFrom(0, 1e-30, 1, 1e4, 1e8, 1e12);

function clips(
  of: readonly { pixels: number | 'noise'; score: number; transitions: readonly number[] }[],
): LabelledClips {
  const frames = of.map(({ pixels }, index) =>
    pixels === 'noise'
      ? tf.randomUniform([1, 6, 12, 12, 3], 0, 255, 'float32', index + 1)
      : tf.fill([1, 6, 12, 12, 3], pixels),
  );
  const joined = tf.concat(frames, 0) as tf.Tensor5D;
  tf.dispose(frames);
  return {
    frames: joined,
    transitions: of.map(({ transitions }) => transitions),
    scores: of.map(({ score }) => score),
  };
}

function modelOf(chosen: typeof variant extends fc.Arbitrary<infer V> ? V : never): MCoRe {
  const base = configOfSizes(metadata, chosen.preset);
  const { regression, stagewise, regressionDirections, segmentation, contrast } = chosen;
  const contrastive = { ...base.loss.contrastive, form: contrast };
  const config: MCoReConfig = {
    ...base,
    regression,
    stagewise,
    loss: { regressionDirections, segmentation, contrastive },
  };
  return new MCoRe(config, { seed: 3 });
}

describe.each(['cpu', 'wasm'] as const)(
  'pairLosses on %s, for any clips and features of any size (times 0 and 1e12)',
  (engine) => {
    beforeAll(() => useTestEngine(engine));

    it('finite losses of at least 0 and finite gradients of every weight, no tensor left', {
      timeout: 120_000,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(variant, fc.tuple(clip, clip), factor, async (chosen, [one, other], times) => {
          const model = modelOf(chosen);
          const features = model.features.bind(model);
          model.features = (frames) => tf.tidy(() => tf.mul(features(frames), times));
          const [query, exemplar] = [clips([one]), clips([other])];
          const before = tf.memory().numTensors;
          const parts = pairLosses(model, query, exemplar);
          for (const [name, part] of Object.entries(parts)) {
            const [value] = await (part as tf.Scalar).data();
            expect(Number.isFinite(value) && value! >= 0, `${name} ${value}`).toBe(true);
          }
          tf.dispose(Object.values(parts) as tf.Tensor[]);
          const trained = [...model.weights().values()].filter(({ trainable }) => trainable);
          const { value, grads } = tf.variableGrads(() => pairLosses(model, query, exemplar).total, trained);
          for (const [name, gradient] of Object.entries(grads)) {
            expect([...(await gradient.data())].every(Number.isFinite), name).toBe(true);
          }
          tf.dispose([value, grads]);
          expect(tf.memory().numTensors).toBe(before);
          tf.dispose([query.frames, exemplar.frames]);
          model.dispose();
        }),
        { seed: 20240414, numRuns: 12 },
      );
    });
  },
);
