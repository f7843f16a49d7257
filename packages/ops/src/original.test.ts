import { ALL_ENGINES, describeOnEngines } from '@mcore/testing/engines';
import { distance } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type FrameRange, groupedConv2d, resampleLinear } from './index.js';

const FIXTURE = readFixture('ops', 'original');
/** PyTorch's NCHW and OIHW to ours. */
const [MAP_ORDER, FILTER_ORDER] = [
  [0, 2, 3, 1],
  [2, 3, 1, 0],
] as const;

describeOnEngines("values computed by the authors' PyTorch modules,", ALL_ENGINES, () => {
  it.each([
    ['conv_s1', 1],
    ['conv_s2_odd', 2],
  ] as const)('%s: grouped convolution, output and both gradients (relative L2 1e-6)', async (name, stride) => {
    const map = (part: string) => tf.transpose(FIXTURE.tensor(`${name}.${part}`), [...MAP_ORDER]) as tf.Tensor4D;
    const filter = (part: string) => tf.transpose(FIXTURE.tensor(`${name}.${part}`), [...FILTER_ORDER]) as tf.Tensor4D;
    const convolve = (x: tf.Tensor, w: tf.Tensor) =>
      groupedConv2d(x as tf.Tensor4D, w as tf.Tensor4D, { stride, groups: 3 });
    const [x, w, direction] = [map('x'), filter('w'), map('cot')];
    const [dx, dFilter] = tf.grads((a, b) => tf.sum(tf.mul(convolve(a!, b!), direction)))([x, w]);
    expect(await distance(convolve(x, w), map('y'))).toBeLessThan(1e-6);
    expect(await distance(dx!, map('gx'))).toBeLessThan(1e-6);
    expect(await distance(dFilter!, filter('gw'))).toBeLessThan(1e-6);
  });

  it('resampling of the three stages to 5 steps each, output and gradient (relative L2 1e-6)', async () => {
    // the transitions of the 10 cuts
    const cuts = [
      [1, 95],
      [1, 2],
      [47, 48],
      [30, 70],
      [23, 63],
      [2, 6],
      [5, 10],
      [48, 91],
      [94, 95],
      [33, 34],
    ] as const;
    const ranges = cuts.map(([first, second]): FrameRange[] => [
      [0, first],
      [first, second],
      [second, 96],
    ]);
    const x = tf.expandDims(FIXTURE.tensor('resample.x'), 0) as tf.Tensor3D;
    const direction = tf.reshape(FIXTURE.tensor('resample.cot'), [10, 3, 5, 2]);
    const every = (clip: tf.Tensor3D) => resampleLinear(tf.concat(Array<tf.Tensor3D>(10).fill(clip), 0), ranges, 5);
    const gradient = tf.grad((clip) => tf.sum(tf.mul(every(clip as tf.Tensor3D), direction)))(x);
    expect(await distance(every(x), tf.reshape(FIXTURE.tensor('resample.out'), [10, 3, 5, 2]))).toBeLessThan(1e-6);
    expect(await distance(gradient, tf.expandDims(FIXTURE.tensor('resample.gx'), 0))).toBeLessThan(1e-6);
  });
});
