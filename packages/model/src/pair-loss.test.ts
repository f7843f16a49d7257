import { ArgumentError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type LabelledClips, MCoRe, type MCoReConfig, pairLosses } from './index.js';
import { configOfSizes, readFixture } from './test-support.js';

const config = configOfSizes(readFixture('released').metadata, 'released');

function clips(count: number, seed: number): LabelledClips {
  return {
    frames: tf.randomUniform([count, 6, 12, 12, 3], 0, 255, 'float32', seed),
    transitions: Array.from({ length: count }, (_, clip) => [1 + (clip % 2), 4]),
    scores: Array.from({ length: count }, (_, clip) => 40 + 7 * clip + seed),
  };
}

function losses(changed: Partial<MCoReConfig>, query: LabelledClips, exemplar: LabelledClips): Record<string, number> {
  const model = new MCoRe({ ...config, ...changed }, { seed: 2 });
  const scalars = pairLosses(model, query, exemplar);
  const values = Object.entries(scalars).map(([name, scalar]) => [name, (scalar as tf.Scalar).dataSync()[0]!] as const);
  tf.dispose(Object.values(scalars));
  model.dispose();
  return Object.fromEntries(values);
}

describe('pairLosses', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('is the sum of its three parts, eq. 12', () => {
    const { total, regression, segmentation, contrastive } = losses({}, clips(2, 1), clips(2, 2));
    expect(total).toBeCloseTo(regression! + segmentation! + contrastive!, 3);
  });

  it('of a batch is the mean of its pairs, so that pairs may be taken one at a time', () => {
    const [query, exemplar] = [clips(2, 1), clips(2, 2)];
    const pair = (all: LabelledClips, index: number): LabelledClips => ({
      frames: tf.slice(all.frames, [index, 0, 0, 0, 0], [1, 6, 12, 12, 3]),
      transitions: [all.transitions[index]!],
      scores: [all.scores[index]!],
    });
    const whole = losses({}, query, exemplar);
    const [first, second] = [0, 1].map((index) => losses({}, pair(query, index), pair(exemplar, index)));
    for (const part of Object.keys(whole)) {
      expect(whole[part]! / ((first![part]! + second![part]!) / 2)).toBeCloseTo(1, 5);
    }
  });

  it('in both directions costs what q|e and e|q cost alone', () => {
    const [query, exemplar] = [clips(1, 1), clips(1, 2)];
    const one = { ...config.loss, regressionDirections: 'query' } as const;
    const forward = losses({ loss: one }, query, exemplar).regression!;
    const backward = losses({ loss: one }, exemplar, query).regression!;
    expect(losses({}, query, exemplar).regression! / (forward + backward)).toBeCloseTo(1, 5);
  });

  it('leaves the contrastive part out at weight 0 and multiplies it by the weight', () => {
    const [query, exemplar] = [clips(1, 1), clips(1, 2)];
    const weighted = (weight: number) =>
      losses({ loss: { ...config.loss, contrastive: { ...config.loss.contrastive, weight } } }, query, exemplar);
    expect(weighted(0).contrastive).toBe(0);
    expect(weighted(10).contrastive! / weighted(1).contrastive!).toBeCloseTo(10, 4);
  });

  it('regresses differences in units of scoreScale points', () => {
    const [query, exemplar] = [clips(1, 1), clips(1, 2)];
    const divided = (all: LabelledClips) => ({ ...all, scores: all.scores.map((score) => score / 15) });
    const scaled = losses({ scoreScale: 15 }, query, exemplar).regression!;
    expect(scaled / losses({}, divided(query), divided(exemplar)).regression!).toBeCloseTo(1, 5);
  });

  it('says what it wanted', () => {
    const model = new MCoRe(config, { seed: 2 });
    const before = tf.memory().numTensors;
    const [query, exemplar] = [clips(2, 1), clips(1, 2)];
    expect(() => pairLosses(model, query, exemplar)).toThrow(
      new ArgumentError(
        'pairLosses: wanted as many exemplars as queries, at least one, each with a score, got 2 queries with 2 scores and 1 exemplars with 1.',
      ),
    );
    tf.dispose([query.frames, exemplar.frames]);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
