import { ArgumentError, ShapeError } from '@mcore/errors';
import { Random } from '@mcore/random';
import { describeOnEngines } from '@mcore/testing/engines';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { decodeOrdered, decodeWindowed } from './index.js';

/** Logits of one clip with peaks: `{ frame: value }` for every transition. */
function clip(time: number, peaks: Record<number, number>[]): number[][] {
  return Array.from({ length: time }, (_, frame) => peaks.map((ofTransition) => ofTransition[frame] ?? 0));
}

/** Every choice of ascending frames, earliest first. */
function* ascending(time: number, count: number, from = 0): Generator<number[]> {
  if (count === 0) yield [];
  for (let frame = from; count > 0 && frame < time; frame++) {
    for (const rest of ascending(time, count - 1, frame + 1)) yield [frame, ...rest];
  }
}

describe('decodeWindowed', () => {
  it('returns the highest frame of each window, the earliest of ties', () => {
    const early = clip(96, [
      { 47: 5, 60: 9 },
      { 10: 9, 48: 1, 95: 1 },
    ]);
    expect(decodeWindowed([early, clip(96, [{}, {}])])).toEqual([
      [47, 48],
      [0, 48],
    ]);
  });

  it('covers every frame once, also if windows differ in size', () => {
    for (const [time, count] of [
      [95, 2],
      [96, 7],
      [5, 5],
      [10, 1],
    ] as const) {
      const starts = decodeWindowed([clip(time, new Array(count).fill({}))])[0]!;
      expect(starts[0]).toBe(0);
      const last = decodeWindowed([clip(time, new Array(count).fill({ [time - 1]: 1 }))])[0]!;
      expect(last.at(-1)).toBe(time - 1);
      expect([...new Set(starts)]).toEqual(starts);
    }
  });
});

describe('decodeOrdered', () => {
  it('finds transitions that lie in the same half', () => {
    const late = clip(96, [{ 60: 9 }, { 70: 9 }]);
    expect(decodeOrdered([late])).toEqual([[60, 70]]);
    expect(decodeWindowed([late])).toEqual([[0, 70]]);
  });

  it('keeps the order if peaks are reversed or at the same frame', () => {
    expect(
      decodeOrdered([
        clip(96, [
          { 70: 9, 20: 5 },
          { 30: 9, 80: 4 },
        ]),
      ]),
    ).toEqual([[20, 30]]);
    expect(decodeOrdered([clip(10, [{ 9: 9, 4: 1 }, { 9: 9 }])])).toEqual([[4, 9]]);
    expect(decodeOrdered([clip(3, [{ 2: 9 }, { 0: 9 }, { 1: 9 }])])).toEqual([[0, 1, 2]]);
  });

  it('returns the earliest of tied choices', () => {
    expect(decodeOrdered([clip(6, [{}, {}, {}])])).toEqual([[0, 1, 2]]);
    expect(
      decodeOrdered([
        clip(6, [
          { 1: 1, 3: 1 },
          { 4: 1, 5: 1 },
        ]),
      ]),
    ).toEqual([[1, 4]]);
  });

  it('equals an exhaustive search, 300 random clips of up to 9 frames and 4 transitions', () => {
    const random = new Random(1);
    for (let trial = 0; trial < 300; trial++) {
      const count = 1 + random.integer(4);
      const time = count + random.integer(10 - count);
      // whole numbers, so that there are ties
      const logits = Array.from({ length: time }, () => Array.from({ length: count }, () => random.integer(4)));
      let best: number[] = [];
      let bestSum = Number.NEGATIVE_INFINITY;
      for (const frames of ascending(time, count)) {
        const sum = frames.reduce((total, frame, transition) => total + logits[frame]![transition]!, 0);
        if (sum > bestSum) [best, bestSum] = [frames, sum];
      }
      expect(decodeOrdered([logits])).toEqual([best]);
    }
  });

  it('maximises log-probabilities: constants added to a transition change nothing', () => {
    const random = new Random(2);
    const logits = Array.from({ length: 96 }, () => [random.normal(), random.normal()]);
    const shifted = logits.map(([a, b]) => [a! + 50, b! - 20]);
    expect(decodeOrdered([shifted])).toEqual(decodeOrdered([logits]));
  });

  it('accepts masked frames', () => {
    const masked = clip(8, [{}, {}]).map((row, frame) =>
      frame < 3 || frame > 5 ? row.map(() => Number.NEGATIVE_INFINITY) : row,
    );
    expect(decodeOrdered([masked])).toEqual([[3, 4]]);
  });
});

describeOnEngines('decoding', ['cpu', 'wasm', 'wasm after registerOps', 'webgpu'], (engine) => {
  it('gives the same for tensors and their arrays, and keeps no tensor', async () => {
    const logits = tf.randomNormal([3, 20, 2], 0, 1, 'float32', 1) as tf.Tensor3D;
    const values = await logits.array();
    const before = tf.memory().numTensors;
    for (const decode of [decodeWindowed, decodeOrdered]) {
      const frames = decode(values);
      expect(frames).toHaveLength(3);
      // webgpu can't be read synchronously in Node
      if (engine !== 'webgpu') expect(decode(logits)).toEqual(frames);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe.each([
  ['decodeWindowed', decodeWindowed],
  ['decodeOrdered', decodeOrdered],
] as const)('%s', (name, decode) => {
  it('reports what it expected', () => {
    expect(() => decode([clip(2, [{}, {}, {}])])).toThrow(
      new ShapeError(`${name}: logits must be [batch, time, transitions] with time >= transitions, got [1, 2, 3].`),
    );
    expect(() => decode([[[1, 2]], [[1], [2]]])).toThrow(
      new ShapeError(
        `${name}: logits must be [batch, time, transitions] with time >= transitions, got rows of different lengths.`,
      ),
    );
    expect(() => decode([[[1], [Number.NaN]]])).toThrow(
      new ArgumentError(`${name}: logits must be finite or -Infinity, got NaN for clip 0.`),
    );
  });
});
