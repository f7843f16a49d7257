import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeOrdered, decodeWindowed, resampleStages, segmentationLoss } from './index.js';
import '@mcore/testing/engines';

const runs = { seed: 20240414, numRuns: 150 };
// the range of float32, including its extremes
const logit = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-50), max: Math.fround(50) }),
  fc.constantFrom(0, -0, 1e-38, 3e38, -3e38, 1, 1),
);
/** `[time][transitions]` with at least as many frames as transitions. */
const clip = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 30 })).chain(([count, more]) =>
  fc.array(fc.array(logit, { minLength: count, maxLength: count }), {
    minLength: count + more,
    maxLength: count + more,
  }),
);

describe('decoders on any logits', () => {
  it('decodeOrdered gives strictly ascending frames inside the clip', () => {
    fc.assert(
      fc.property(clip, (logits) => {
        const [frames] = decodeOrdered([logits]);
        expect(frames).toHaveLength(logits[0]!.length);
        for (const [index, frame] of frames!.entries()) {
          expect(Number.isInteger(frame) && frame >= 0 && frame < logits.length).toBe(true);
          if (index > 0) expect(frame).toBeGreaterThan(frames![index - 1]!);
        }
      }),
      runs,
    );
  });

  it('decodeOrdered finds the largest sum of all strictly ascending choices (two transitions, exhaustive search)', () => {
    const small = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(small, (logits) => {
        const [first, second] = decodeOrdered([logits])[0]!;
        let best = Number.NEGATIVE_INFINITY;
        for (let a = 0; a < logits.length; a++) {
          for (let b = a + 1; b < logits.length; b++) best = Math.max(best, logits[a]![0] + logits[b]![1]);
        }
        expect(logits[first!]![0] + logits[second!]![1]).toBe(best);
      }),
      runs,
    );
  });

  it('decodeWindowed gives ascending frames inside the clip, each inside its window', () => {
    fc.assert(
      fc.property(clip, (logits) => {
        const [frames] = decodeWindowed([logits]);
        const count = logits[0]!.length;
        for (const [index, frame] of frames!.entries()) {
          const border = (window: number) => Math.round((window * logits.length) / count);
          expect(frame >= border(index) && frame < Math.max(border(index) + 1, border(index + 1))).toBe(true);
          expect(frame).toBeLessThan(logits.length);
        }
      }),
      runs,
    );
  });
});

describe('losses and stages are finite for finite inputs', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it.each(['released', 'paper'] as const)('segmentationLoss, %s form, and its gradient', (form) => {
    const moderate = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e4), max: Math.fround(1e4) }),
      fc.constantFrom(0, 1e30, -1e30),
    );
    const input = fc.tuple(fc.array(fc.tuple(moderate, moderate), { minLength: 2, maxLength: 12 }), fc.nat(), fc.nat());
    fc.assert(
      fc.property(input, ([logits, a, b]) => {
        const [loss, slope] = tf.tidy(() => {
          const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
            segmentationLoss(x as tf.Tensor3D, [[a % logits.length, b % logits.length]], { form }),
          )(tf.tensor3d([logits]));
          return [value.dataSync()[0]!, [...grad.dataSync()]];
        });
        expect(Number.isFinite(loss) && loss >= 0).toBe(true);
        expect(slope.every(Number.isFinite)).toBe(true);
      }),
      { ...runs, numRuns: 60 },
    );
  });

  it('resampleStages stays between the smallest and the largest feature, for any transitions', () => {
    const input = fc.tuple(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 20 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 6 }),
    );
    fc.assert(
      fc.property(input, ([values, cuts, steps]) => {
        const stages = tf.tidy(() =>
          resampleStages(
            tf.tensor3d(values, [1, values.length, 1]),
            [cuts.map((cut) => cut % (values.length + 1))],
            steps,
          ).dataSync(),
        );
        expect(stages).toHaveLength((cuts.length + 1) * steps);
        for (const value of stages) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-3);
          expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-3);
        }
      }),
      { ...runs, numRuns: 60 },
    );
  });
});
