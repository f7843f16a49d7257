import { hashedTensor } from '@mcore/testing/backbone-values';
import { useTestEngine } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { type Fixture, readFixture } from '@mcore/testing/fixtures';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchLayers } from './batch-layers.js';
import { foldedLayers } from './folded-layers.js';
import { gateShift } from './index.js';
import type { Layers, WeightOf } from './layers.js';

/*
 * x, cot, y, gx, g.* and batch.y of the fixtures were computed by the authors' PyTorch modules; the weights w.* and
 * the gates were recovered from them (goldens/backbone-gsm-original.py).
 */
const CLIPS = 2;
const TIME = 6;
const PARAMETERS = ['bn.weight', 'bn.bias', 'conv3D.weight', 'conv3D.bias'];

/** PyTorch's `[batch * time, channels, height, width]` as `[batch, time, height, width, channels]`. */
function toClips(fixture: Fixture, name: string): tf.Tensor5D {
  const { shape } = fixture.tensors.get(name)!;
  const [, channels, height, width] = shape.length === 5 ? shape.slice(1) : shape;
  const clips = tf.tensor(fixture.values(name), [CLIPS, TIME, channels!, height!, width!]);
  return tf.transpose(clips, [0, 1, 3, 4, 2]) as tf.Tensor5D;
}

function weight(fixture: Fixture, name: string): tf.Tensor {
  return fixture.tensor(`w.${name}`);
}

function module(fixture: Fixture, layersFrom: (weightOf: WeightOf) => Layers): (x: tf.Tensor5D) => tf.Tensor5D {
  const layers = layersFrom((name) => weight(fixture, name.replace('gsm.', '')));
  return layers.gateShift('gsm');
}

describe.each(['cpu', 'wasm', 'wasm after registerOps'] as const)('gate shifts on %s', (engine) => {
  beforeAll(() => useTestEngine(engine));

  it.each(['original-gsm8', 'original-gsm16'])(
    "gateShift maps x and gates of %s to the authors' output, within 1e-6",
    (file) => {
      tf.tidy(() => {
        const fixture = readFixture('backbone-gsm', file);
        const gates = tf.transpose(
          tf.reshape(fixture.tensor('gates'), [CLIPS, TIME, 2, 8, 8]),
          [0, 1, 3, 4, 2],
        ) as tf.Tensor5D;
        const y = gateShift(toClips(fixture, 'x'), gates);
        expect(relativeError(y.dataSync(), toClips(fixture, 'y').dataSync())).toBeLessThan(1e-6);
      });
    },
  );

  it.each(['original-gsm8', 'original-gsm16'])(
    "the module has the authors' output and gradients of %s, within 1e-5",
    (file) => {
      tf.tidy(() => {
        const fixture = readFixture('backbone-gsm', file);
        const run = (x: tf.Tensor, ...parameters: tf.Tensor[]) => {
          const layers = foldedLayers((name) => {
            const index = PARAMETERS.indexOf(name.replace('gsm.', ''));
            return index >= 0 ? parameters[index]! : weight(fixture, name.replace('gsm.', ''));
          });
          return layers.gateShift('gsm')(x as tf.Tensor5D);
        };
        const inputs = [toClips(fixture, 'x'), ...PARAMETERS.map((name) => weight(fixture, name))];
        expect(
          relativeError(run(inputs[0]!, ...inputs.slice(1)).dataSync(), toClips(fixture, 'y').dataSync()),
        ).toBeLessThan(1e-5);
        const [dx, ...gradients] = tf.grads(run)(inputs, toClips(fixture, 'cot'));
        expect(relativeError(dx!.dataSync(), toClips(fixture, 'gx').dataSync()), 'gradient of x').toBeLessThan(1e-5);
        for (const [index, name] of PARAMETERS.entries()) {
          const expected = fixture.values(`g.${name}`);
          expect(relativeError(gradients[index]!.dataSync(), expected), `gradient of ${name}`).toBeLessThan(1e-5);
        }
      });
    },
  );

  it("normalises with batch statistics like the authors' module with fix_bn off, within 1e-5", () => {
    tf.tidy(() => {
      const fixture = readFixture('backbone-gsm', 'original-gsm16');
      const y = module(fixture, (weightOf) => batchLayers(weightOf, () => {}))(toClips(fixture, 'x'));
      expect(relativeError(y.dataSync(), toClips(fixture, 'batch.y').dataSync())).toBeLessThan(1e-5);
    });
  });

  it('does not change the channels after the fold', () => {
    tf.tidy(() => {
      const fixture = readFixture('backbone-gsm', 'original-gsm8');
      const rest = hashedTensor('rest', [CLIPS, TIME, 8, 8, 5]) as tf.Tensor5D;
      const y = module(fixture, foldedLayers)(tf.concat([toClips(fixture, 'x'), rest], 4));
      const [folded, after] = tf.split(y, [8, 5], 4);
      expect(relativeError(folded!.dataSync(), toClips(fixture, 'y').dataSync())).toBeLessThan(1e-5);
      expect(after!.dataSync()).toEqual(rest.dataSync());
    });
  });

  it('only interleaves the channels of each half for gates of 0', () => {
    tf.tidy(() => {
      const x = tf.reshape(tf.range(0, 3 * 12), [1, 3, 1, 1, 12]) as tf.Tensor5D;
      const y = gateShift(x, tf.zeros([1, 3, 1, 1, 2]));
      expect([...y.dataSync().slice(0, 12)]).toEqual([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
      expect([...y.dataSync().slice(24)]).toEqual([24, 27, 25, 28, 26, 29, 30, 33, 31, 34, 32, 35]);
    });
  });

  it('moves the first half back and the second half forward by a frame for gates of 1', () => {
    tf.tidy(() => {
      const x = tf.tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 3, 1, 1, 4]) as tf.Tensor5D;
      const y = gateShift(x, tf.ones([1, 3, 1, 1, 2]));
      expect([...y.dataSync()]).toEqual([5, 6, 0, 0, 9, 10, 3, 4, 0, 0, 7, 8]);
    });
  });

  it('adds what the gate keeps and what the neighbour sends, also with different gates and signs', () => {
    tf.tidy(() => {
      // first half [1, 1] then [10, 10], second half likewise; gates by frame: half 1 takes 0.5 then -0.25, half 2 takes 1 then 0.5
      const x = tf.tensor([1, 1, 1, 1, 10, 10, 10, 10], [1, 2, 1, 1, 4]) as tf.Tensor5D;
      const y = gateShift(x, tf.tensor([0.5, 1, -0.25, 0.5], [1, 2, 1, 1, 2]) as tf.Tensor5D);
      expect([...y.dataSync()]).toEqual([-2, -2, 0, 0, 12.5, 12.5, 6, 6]);
    });
  });

  it('keeps only the ungated part of a single frame', () => {
    tf.tidy(() => {
      const y = gateShift(tf.ones([1, 1, 1, 1, 4]), tf.tensor([0.25, -0.5], [1, 1, 1, 1, 2]) as tf.Tensor5D);
      expect([...y.dataSync()]).toEqual([0.75, 0.75, 1.5, 1.5]);
    });
  });

  it('has the gradients of finite differences, within 1e-3', () => {
    tf.tidy(() => {
      const inputs = [hashedTensor('x', [2, 3, 2, 1, 8]), hashedTensor('gate', [2, 3, 2, 1, 2])];
      const cotangent = hashedTensor('cotangent', inputs[0]!.shape);
      const run = (x: tf.Tensor, gate: tf.Tensor) =>
        tf.sum(tf.mul(gateShift(x as tf.Tensor5D, gate as tf.Tensor5D), cotangent)) as tf.Scalar;
      const gradients = tf.grads(run)(inputs);
      for (const [which, gradient] of gradients.entries()) {
        const direction = hashedTensor(`direction ${which}`, inputs[which]!.shape);
        const at = (step: number) => {
          const moved = inputs.map((input, k) => (k === which ? tf.add(input, tf.mul(direction, step)) : input));
          return run(moved[0]!, moved[1]!).dataSync()[0]!;
        };
        // linear in each argument alone, so the step may be large
        const slope = tf.sum(tf.mul(gradient, direction)).dataSync()[0]!;
        expect(Math.abs((at(0.5) - at(-0.5)) / slope - 1)).toBeLessThan(1e-3);
      }
    });
  });

  it('leaks no tensors', () => {
    const [x, gate] = [hashedTensor('x', [1, 3, 2, 2, 8]), hashedTensor('gate', [1, 3, 2, 2, 2])];
    const before = tf.memory().numTensors;
    const y = gateShift(x as tf.Tensor5D, gate as tf.Tensor5D);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([x, gate, y]);
  });

  it('reports what does not fit', () => {
    tf.tidy(() => {
      const x = tf.zeros([1, 3, 2, 2, 8]) as tf.Tensor5D;
      expect(() => gateShift(x, tf.zeros([1, 3, 2, 2, 8]))).toThrow(
        'gateShift: gate must be [1, 3, 2, 2, 2], got [1, 3, 2, 2, 8].',
      );
      expect(() => gateShift(tf.zeros([1, 3, 2, 2, 6]), tf.zeros([1, 3, 2, 2, 2]))).toThrow(
        'gateShift: the channels of x must be divisible by 4, got 6.',
      );
      expect(() => gateShift(tf.zeros([3, 2, 2, 8]) as tf.Tensor as tf.Tensor5D, x)).toThrow(
        'gateShift: x must be [batch, time, height, width, channels], got [3, 2, 2, 8].',
      );
    });
  });
});
