import { ALL_ENGINES, describeOnEngines } from '@mcore/testing/engines';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
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
  pointwise,
  resampleLinear,
  scaleChannels,
  subsample2,
} from './index.js';

const values = async (tensor: tf.Tensor) => [...(await tensor.data())];

describeOnEngines('closed forms,', ALL_ENGINES, () => {
  it('a grouped convolution by a centre tap of 1 is the identity; groups do not mix', async () => {
    const x = tf.randomNormal([2, 4, 3, 16]) as tf.Tensor4D;
    const identity = tf.buffer<tf.Rank.R4>([3, 3, 8, 16]);
    for (let channel = 0; channel < 16; channel++) {
      identity.set(1, 1, 1, channel % 8, channel);
    }
    expect(await values(groupedConv2d(x, identity.toTensor(), { stride: 1, groups: 2 }))).toEqual(await values(x));
    expect(await values(groupedConv2d(x, identity.toTensor(), { stride: 2, groups: 2 }))).toEqual(
      await values(subsample2(x)),
    );
  });

  it('a 3x3 convolution by ones counts the pixels in its window', async () => {
    const y = conv2d3x3(tf.ones([1, 3, 4, 1]), tf.ones([3, 3, 1, 1]), tf.tensor1d([-6]), {
      stride: 1,
      activation: 'relu',
    });
    expect(await values(y)).toEqual([0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0]);
  });

  it('pointwise and the ReLUs', async () => {
    const weight = tf.tensor2d([1, 0, -1, 2, 1, 0], [2, 3]);
    expect(
      await values(pointwise(tf.tensor2d([1, 2], [1, 2]), weight, tf.tensor1d([0, -3, 0]), { activation: 'relu' })),
    ).toEqual([5, 0, 0]);
    expect(await values(biasRelu(tf.tensor2d([1, -1, 0, 2], [2, 2]), tf.tensor1d([0, -1])))).toEqual([1, 0, 0, 1]);
    expect(await values(addRelu(tf.tensor1d([1, -1]), tf.tensor1d([1, -1])))).toEqual([2, 0]);
  });

  it('the gradient of a ReLU at exactly 0 is 0', async () => {
    expect(
      await values(tf.grad((x) => tf.sum(biasRelu(x, tf.zeros([2]))))(tf.tensor2d([0, 1, -1, 0], [2, 2]))),
    ).toEqual([0, 1, 0, 0]);
  });

  it('means, products and subsampling of counted pixels', async () => {
    const x = tf.reshape(tf.range(0, 12), [1, 3, 2, 2]) as tf.Tensor4D;
    expect(await values(meanOverPositions(x))).toEqual([5, 6]);
    expect((await values(scaleChannels(x, tf.tensor2d([2, 0], [1, 2])))).slice(0, 4)).toEqual([0, 0, 4, 0]);
    expect(await values(subsample2(x))).toEqual([0, 1, 8, 9]);
  });

  it('gates of 0 move nothing and interleave; gates of 1 move everything', async () => {
    const x = tf.reshape(tf.range(0, 16), [1, 2, 1, 1, 8]) as tf.Tensor5D;
    expect((await values(gateShift(x, tf.zeros([1, 2, 1, 1, 2])))).slice(0, 8)).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
    const moved = await values(gateShift(x, tf.ones([1, 2, 1, 1, 2])));
    expect(moved).toEqual([8, 10, 9, 11, 0, 0, 0, 0, 0, 0, 0, 0, 4, 6, 5, 7]);
  });

  it('a gate convolution by ones counts frames and pixels, its two groups apart', async () => {
    const x = tf.concat([tf.ones([1, 2, 1, 3, 2]), tf.zeros([1, 2, 1, 3, 2])], 4) as tf.Tensor5D;
    const gate = gateConv3d(x, tf.ones([3, 3, 3, 2, 2]), tf.tensor1d([0, 0.5]));
    const frame = [8, 0.5, 12, 0.5, 8, 0.5];
    expect(await values(gate)).toEqual([...frame, ...frame]);
  });

  it('a gate-shift module whose convolution is 0 only interleaves the folded channels', async () => {
    const x = tf.reshape(tf.range(0, 10), [1, 1, 1, 1, 10]) as tf.Tensor5D;
    const y = gateShiftModule(x, {
      scale: tf.ones([8]),
      offset: tf.zeros([8]),
      filter: tf.zeros([3, 3, 3, 4, 2]),
      bias: tf.zeros([2]),
    });
    expect(await values(y)).toEqual([0, 2, 1, 3, 4, 6, 5, 7, 8, 9]);
  });

  it('a recurrent unit with all weights 0 stays at 0; an open update gate keeps it there', async () => {
    const side = (bias: number) => ({
      inputWeight: tf.zeros([6, 3]) as tf.Tensor2D,
      hiddenWeight: tf.zeros([6, 2]) as tf.Tensor2D,
      inputBias: tf.tensor1d([0, 0, bias, bias, 1, 1]),
      hiddenBias: tf.zeros([6]) as tf.Tensor1D,
    });
    const x = tf.ones([1, 3, 3]) as tf.Tensor3D;
    const y = await values(bidirectionalGru(x, { forward: side(-100), backward: side(100) }));
    for (const [index, value] of y.entries()) {
      // z = 0: the state is tanh(1) at once; z = 1: it never changes
      expect(value).toBeCloseTo(index % 4 < 2 ? Math.tanh(1) : 0, 6);
    }
  });

  it('a normalisation with mean 1 and variance 4 folds to half the filter', async () => {
    const row = (value: number) => tf.fill([2], value) as tf.Tensor1D;
    const { filter, bias } = foldNormalization(tf.ones([2, 1, 1, 1]), {
      weight: row(1),
      bias: row(3),
      runningMean: row(1),
      runningVariance: row(4),
      epsilon: 0,
    });
    expect(await values(filter)).toEqual([0.5, 0.5]);
    expect(await values(bias)).toEqual([2.5, 2.5]);
  });

  it('resampling keeps both ends, and a single frame throughout', async () => {
    const x = tf.reshape(tf.range(0, 5), [1, 5, 1]) as tf.Tensor3D;
    expect(
      await values(
        resampleLinear(
          x,
          [
            [
              [1, 5],
              [2, 3],
            ],
          ],
          3,
        ),
      ),
    ).toEqual([1, 2.5, 4, 2, 2, 2]);
    expect(await values(resampleLinear(x, [[[1, 5]]], 1))).toEqual([1]);
  });
});
