import '@tensorflow/tfjs';
import { transformFrames } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { type Exemplar, type MCoRe, modelFromCheckpoint } from '@mcore/model';
import { madeUpCheckpoint, noiseFrames } from '@mcore/testing/made-up-checkpoint';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Scorer, saliency, scoreGradient } from './index.js';

beforeAll(() => tf.setBackend('cpu'));

const transitions = [4, 8];

async function setUp() {
  const { checkpoint, bank } = await madeUpCheckpoint();
  const model = modelFromCheckpoint(checkpoint);
  const comparison = { transitions, exemplars: bank.exemplars.slice(0, 3), shape: bank.shape };
  return {
    model,
    comparison,
    checkpoint,
    bank,
    frames: transformFrames(noiseFrames('query'), model.config.input.transform, 'center'),
  };
}

/** The mean over exemplars of score + delta, of frames given as float values. */
function scoreOf(model: MCoRe, values: tf.Tensor, exemplars: readonly Exemplar[]): number {
  return tf.tidy(() => {
    const stages = model.stageFeatures(model.features(tf.reshape(values, [1, 12, 16, 16, 3])), [transitions]);
    const deltas = exemplars.map((exemplar) => {
      const other = tf.tensor4d(exemplar.stages, stages.shape);
      return exemplar.score + model.config.scoreScale * model.relativeScore(stages, other).dataSync()[0]!;
    });
    return deltas.reduce((sum, delta) => sum + delta, 0) / deltas.length;
  });
}

describe('scoreGradient', () => {
  it('is the slope of the score along itself and along noise, against central differences (2 %)', async () => {
    const { model, comparison, frames } = await setUp();
    const before = tf.memory().numTensors;
    const gradient = scoreGradient(model, frames, comparison);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(gradient.shape).toEqual([12, 16, 16, 3]);
    const base = tf.tensor(Float32Array.from(frames.data), [12, 16, 16, 3]);
    for (const direction of [gradient, tf.randomNormal([12, 16, 16, 3], 0, 1, 'float32', 7)]) {
      const unit = tf.div(direction, tf.norm(direction));
      const slope = tf.sum(tf.mul(gradient, unit)).dataSync()[0]!;
      const step = 1; // grey levels, spread over 9,216 values
      const [up, down] = [step, -step].map((by) =>
        scoreOf(model, tf.add(base, tf.mul(unit, by)), comparison.exemplars),
      );
      expect(Math.abs((up! - down!) / (2 * step) - slope)).toBeLessThan(0.02 * tf.norm(gradient).dataSync()[0]!);
    }
    model.dispose();
  });
});

describe('saliency', () => {
  it('is the absolute gradient summed over colours and cells, cells at the edge cut; frame sums add up', async () => {
    const { model, comparison, frames } = await setUp();
    const gradient = scoreGradient(model, frames, comparison);
    const values = await gradient.array();
    const before = tf.memory().numTensors;
    const { maps, time, rows, columns } = await saliency(model, frames, comparison, { cell: 5 });
    expect(tf.memory().numTensors).toBe(before);
    expect([rows, columns, maps.length]).toEqual([4, 4, 12 * 16]);
    const cellSum = (frame: number, ys: number[], xs: number[]) =>
      ys
        .flatMap((y) => xs.map((x) => values[frame]![y]![x]!.reduce((sum, v) => sum + Math.abs(v), 0)))
        .reduce((sum, v) => sum + v, 0);
    const five = (first: number) => [0, 1, 2, 3, 4].map((more) => first + more);
    expect(maps[0]).toBeCloseTo(cellSum(0, five(0), five(0)), 5);
    expect(maps[16 + 4 + 2]).toBeCloseTo(cellSum(1, five(5), five(10)), 5);
    expect(maps[11 * 16 + 15]).toBeCloseTo(cellSum(11, [15], [15]), 5);
    time.forEach((sum, frame) => {
      expect(sum).toBeCloseTo(
        maps.subarray(frame * 16, frame * 16 + 16).reduce((a, b) => a + b, 0),
        4,
      );
    });
    model.dispose();
  });

  it('takes uncropped frames through Scorer', async () => {
    const { model, comparison, frames, checkpoint, bank } = await setUp();
    const scorer = await Scorer.create(checkpoint, bank);
    const through = await scorer.saliency(noiseFrames('query'), transitions, comparison.exemplars);
    const direct = await saliency(model, frames, comparison);
    expect(through.rows).toBe(4);
    expect([...through.maps]).toEqual([...direct.maps]);
    await scorer.dispose();
    model.dispose();
  });

  it('says what it expected', async () => {
    const { model, comparison, frames } = await setUp();
    await expect(saliency(model, frames, comparison, { cell: 0 })).rejects.toThrow(
      new ArgumentError('saliency: cell must be a positive whole number of pixels, got 0.'),
    );
    await expect(saliency(model, frames, { ...comparison, exemplars: [] })).rejects.toThrow(
      new ArgumentError('scoreGradient: expected at least one exemplar, got none.'),
    );
    model.dispose();
  });
});
