import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { overlappingStages } from '../hp-mcore/overlapping-stages.js';
import { windowMeans } from './windows.js';

beforeAll(() => tf.setBackend('cpu'));

const counting = (length: number) => tf.reshape(tf.range(0, length), [1, length, 1]) as tf.Tensor3D;

it('windowMeans of 96 frames start at 0, 10, .. 80 and are 16 long', async () => {
  const means = await windowMeans(counting(96), 9, 1 / 6).data();
  expect([...means].map((mean) => Math.round(1e3 * mean) / 1e3)).toEqual([
    7.5, 17.5, 27.5, 37.5, 47.5, 57.5, 67.5, 77.5, 87.5,
  ]);
});

it('windowMeans of clips shorter than the windows are frames', async () => {
  expect([...(await windowMeans(counting(3), 5, 1 / 6).data())]).toEqual([0, 1, 1, 2, 2]);
});

it('overlappingStages cuts 0 .. t1, t1 .. t2 and t2 - 1 .. the end, whatever the order and at the ends', async () => {
  const steps = async (transitions: number[]) =>
    (await (overlappingStages(counting(10), [transitions], 2).array() as Promise<number[][][][]>))[0]!.map((stage) =>
      stage.map(([value]) => value),
    );
  const ends = [
    [0, 3],
    [3, 6],
    [5, 9],
  ];
  expect(await steps([3, 6])).toEqual(ends);
  expect(await steps([6, 3])).toEqual(ends);
  expect(await steps([0, 0])).toEqual([
    [0, 0],
    [0, 0],
    [0, 9],
  ]);
});
