import { ArgumentError, ShapeError } from '@mcore/errors';
import { useTestEngine } from '@mcore/testing/engines';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  addRelu,
  biasRelu,
  bidirectionalGru,
  conv2d3x3,
  foldNormalization,
  gateConv3d,
  gateShift,
  gateShiftModule,
  groupedConv2d,
  meanOverPositions,
  normalizeFrames,
  pointwise,
  resampleLinear,
  scaleChannels,
  subsample2,
} from './index.js';

const z = (...shape: number[]) => tf.zeros(shape) as never;
const side = (inputs: number, hidden: number) => ({
  inputWeight: z(3 * hidden, inputs),
  hiddenWeight: z(3 * hidden, hidden),
  inputBias: z(3 * hidden),
  hiddenBias: z(3 * hidden),
});

describe('errors give the expected and the actual value', () => {
  beforeAll(() => useTestEngine('cpu'));

  it.each<[string, () => unknown, Error]>([
    [
      'rank',
      () => groupedConv2d(z(3, 3, 8), z(3, 3, 8, 8), { stride: 1, groups: 1 }),
      new ShapeError('groupedConv2d: x must be [batch, height, width, channels], got [3, 3, 8].'),
    ],
    [
      'groups',
      () => groupedConv2d(z(1, 3, 3, 8), z(3, 3, 8, 8), { stride: 1, groups: 3 }),
      new ShapeError('groupedConv2d: groups must divide the 8 channels of x, got 3.'),
    ],
    [
      'filter',
      () => groupedConv2d(z(1, 3, 3, 8), z(3, 3, 8, 8), { stride: 1, groups: 2 }),
      new ShapeError('groupedConv2d: filter must be [3, 3, 4, 8], got [3, 3, 8, 8].'),
    ],
    [
      'bias',
      () => groupedConv2d(z(1, 3, 3, 8), z(3, 3, 8, 8), { stride: 1, groups: 1, bias: z(4) }),
      new ShapeError('groupedConv2d: bias must be [8], got [4].'),
    ],
    [
      'stride',
      () => groupedConv2d(z(1, 3, 3, 8), z(3, 3, 8, 8), { stride: 3 as 2, groups: 1 }),
      new ArgumentError('groupedConv2d: stride must be 1 or 2, got 3.'),
    ],
    [
      'activation',
      () => conv2d3x3(z(1, 3, 3, 3), z(3, 3, 3, 4), z(4), { stride: 2, activation: 'tanh' as 'relu' }),
      new ArgumentError("conv2d3x3: activation must be 'linear' or 'relu', got \"tanh\"."),
    ],
    [
      'dense',
      () => conv2d3x3(z(1, 3, 3, 3), z(3, 3, 2, 4), z(4), { stride: 2, activation: 'relu' }),
      new ShapeError('conv2d3x3: filter must be [3, 3, 3, outputs], got [3, 3, 2, 4].'),
    ],
    [
      'scalar',
      () => pointwise(tf.scalar(1), z(1, 1), null),
      new ShapeError('pointwise: x must be [..., inputs], got [].'),
    ],
    [
      'weight',
      () => pointwise(z(2, 3), z(4, 5), null),
      new ShapeError('pointwise: weight must be [3, outputs], got [4, 5].'),
    ],
    ['biasRelu', () => biasRelu(z(2, 3), z(2)), new ShapeError('biasRelu: bias must be [3], got [2].')],
    [
      'addRelu',
      () => addRelu<tf.Tensor>(z(2, 3), z(3, 2)),
      new ShapeError('addRelu: b must be [2, 3] like a, got [3, 2].'),
    ],
    [
      'scale',
      () => scaleChannels(z(2, 1, 1, 3), z(2, 4)),
      new ShapeError('scaleChannels: scale must be [2, 3], got [2, 4].'),
    ],
    [
      'mean',
      () => meanOverPositions(z(2, 3)),
      new ShapeError('meanOverPositions: x must be [batch, height, width, channels], got [2, 3].'),
    ],
    [
      'subsample',
      () => subsample2(z(2, 3)),
      new ShapeError('subsample2: x must be [batch, height, width, channels], got [2, 3].'),
    ],
    [
      'odd',
      () => gateConv3d(z(1, 1, 1, 1, 3), z(3, 3, 3, 1, 2), z(2)),
      new ShapeError('gateConv3d: x must have an even number of channels, got 3.'),
    ],
    [
      'gate filter',
      () => gateConv3d(z(1, 1, 1, 1, 4), z(3, 3, 3, 4, 2), z(2)),
      new ShapeError('gateConv3d: filter must be [3, 3, 3, 2, 2], got [3, 3, 3, 4, 2].'),
    ],
    [
      'quarters',
      () => gateShift(z(1, 1, 1, 1, 6), z(1, 1, 1, 1, 2)),
      new ShapeError('gateShift: the channels of x must be divisible by 4, got 6.'),
    ],
    [
      'gate',
      () => gateShift(z(1, 2, 1, 1, 4), z(1, 1, 1, 1, 2)),
      new ShapeError('gateShift: gate must be [1, 2, 1, 1, 2], got [1, 1, 1, 1, 2].'),
    ],
    [
      'fold',
      () => gateShiftModule(z(1, 1, 1, 1, 4), { scale: z(8), offset: z(8), filter: z(3, 3, 3, 4, 2), bias: z(2) }),
      new ShapeError(
        'gateShiftModule: scale must be [fold], a multiple of 4 and at most the 4 channels of x, got [8].',
      ),
    ],
    [
      'gru',
      () => bidirectionalGru(z(1, 2, 3), { forward: side(3, 4), backward: side(3, 5) }),
      new ShapeError('bidirectionalGru: weights.backward.inputWeight must be [12, 3], got [15, 3].'),
    ],
    [
      'norm',
      () =>
        foldNormalization(z(4, 2, 1, 1), {
          weight: z(4),
          bias: z(4),
          runningMean: z(3),
          runningVariance: z(4),
          epsilon: 0,
        }),
      new ShapeError('foldNormalization: normalization.runningMean must be [4], got [3].'),
    ],
    [
      'conv',
      () =>
        foldNormalization(z(4, 2), { weight: z(4), bias: z(4), runningMean: z(4), runningVariance: z(4), epsilon: 0 }),
      new ShapeError('foldNormalization: convWeight must be [outputs, inputs, height, width], got [4, 2].'),
    ],
    [
      'ranges',
      () => resampleLinear(z(2, 3, 1), [[[0, 3]], []], 2),
      new ShapeError('resampleLinear: ranges must be the same number for each of 2 clips, got [1, 0].'),
    ],
    [
      'empty range',
      () => resampleLinear(z(1, 3, 1), [[[2, 2]]], 2),
      new ArgumentError('resampleLinear: a range must be within 0 .. 3 and not empty, got [2, 2].'),
    ],
    [
      'steps',
      () => resampleLinear(z(1, 3, 1), [[[0, 2]]], 0),
      new ArgumentError('resampleLinear: steps must be a positive whole number, got 0.'),
    ],
    [
      'colours',
      () => normalizeFrames(z(1, 2, 2, 4) as tf.Tensor),
      new ShapeError('normalizeFrames: frames must be [..., 3], got [1, 2, 2, 4].'),
    ],
    [
      'packed',
      () => normalizeFrames({ data: new Uint8Array(5), count: 1, height: 1, width: 2 }),
      new ShapeError('normalizeFrames: data must have 6 values for [1, 1, 2, 3], got 5.'),
    ],
  ])('%s', (_, call, expected) => {
    expect(call).toThrow(expected);
    try {
      call();
    } catch (error) {
      expect((error as Error).name).toBe(expected.name);
    }
  });
});
