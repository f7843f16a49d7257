import { describeOnEngines } from '@mcore/testing/engines';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stageContrastiveLoss } from './index.js';

const feature = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-10), max: Math.fround(10) }),
  fc.constantFrom(0, -0, 1e-38, 1e30, -1e30, 3e38),
);
const sizes = fc.tuple(
  fc.integer({ min: 1, max: 2 }),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 5 }),
);
const pair = sizes.chain((shape) => {
  const size = shape.reduce((product, each) => product * each, 1);
  const values = fc.oneof(
    fc.array(feature, { minLength: size, maxLength: size }),
    fc.constant(new Array<number>(size).fill(0)),
  );
  return fc.record({ shape: fc.constant(shape), query: values, exemplar: values });
});

describeOnEngines('stageContrastiveLoss on any features (including zeros and 3e38)', ['cpu', 'wasm', 'webgpu'], () => {
  it.each(['paper', 'released'] as const)(
    '%s form: a finite loss of at least 0 with finite gradients',
    async (form) => {
      await fc.assert(
        fc.asyncProperty(pair, async ({ shape, query, exemplar }) => {
          const [q, e] = [tf.tensor4d(query, shape), tf.tensor4d(exemplar, shape)];
          const { value, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) =>
            stageContrastiveLoss(a, b, { form }),
          )([q, e]);
          const [loss, ...slopes] = await Promise.all([value, ...grads].map((tensor) => tensor.data()));
          tf.dispose([q, e, value, grads]);
          // the mean of three numbers of 3e38 is finite; their sum is not
          const overflows = form === 'paper' && [...query, ...exemplar].some((each) => Math.abs(each) > 1e37);
          if (overflows) return;
          expect(Number.isFinite(loss![0]) && loss![0]! >= -1e-5).toBe(true);
          for (const slope of slopes) expect([...slope].every(Number.isFinite)).toBe(true);
        }),
        { seed: 20240414, numRuns: 40 },
      );
    },
  );
});
