import { ArgumentError } from '@mcore/errors';
import { readFixture } from '@mcore/testing/fixtures';
import { goldenModel } from '@mcore/testing/golden-model';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Exemplar, MCoRe, scoreAgainst, scoreAlone, scoreFromStages } from './index.js';

const golden = readFixture('model', 'small-released');
const shape = { stages: 3, steps: 5, channels: 32 };
const size = 3 * 5 * 32;
const stagesOf = (clip: number) => golden.values('stages').slice(clip * size, (clip + 1) * size);
const exemplar = (clip: number, score: number): Exemplar => ({
  id: `clip ${clip}`,
  diveNumber: '107b',
  score,
  difficulty: 3,
  stages: stagesOf(clip),
});

describe('scoreAgainst', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it("gives PyTorch's relative scores: each exemplar's score plus delta, stage parts that add up to it (1e-5)", async () => {
    const { model } = goldenModel('released');
    const before = tf.memory().numTensors;
    // the goldens pair clip 0 with 3, 1 with 4, 2 with 5
    for (const [query, other, score] of [
      [0, 3, 65.1],
      [1, 4, 55],
      [2, 5, 88.2],
    ] as const) {
      const scored = await scoreAgainst(model, stagesOf(query), shape, [exemplar(other, score)]);
      const delta = golden.values('relativeScore')[query]!;
      const vote = scored.votes[0]!;
      expect(vote.delta).toBeCloseTo(delta, 5);
      expect(vote.stageDeltas.reduce((sum, part) => sum + part, 0)).toBeCloseTo(vote.delta, 12);
      vote.stageDeltas.forEach((part, stage) => {
        expect(part).toBeCloseTo(golden.values('stageDeltas')[query * 3 + stage]! / 3, 5);
      });
      expect(scored.score).toBeCloseTo(score + delta, 5);
      expect(scored.spread).toBe(0);
    }
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('averages the votes of several exemplars (eq. 13), with their deviation as spread', async () => {
    const { model } = goldenModel('released');
    const scored = await scoreAgainst(model, stagesOf(0), shape, [exemplar(3, 65), exemplar(4, 55), exemplar(5, 88)]);
    const votes = scored.votes.map(({ score, delta }) => score + delta);
    const mean = votes.reduce((sum, vote) => sum + vote, 0) / 3;
    expect(scored.score).toBeCloseTo(mean, 10);
    expect(scored.spread).toBeCloseTo(Math.sqrt(votes.reduce((sum, vote) => sum + (vote - mean) ** 2, 0) / 3), 10);
    // one batch gives the same as one by one
    const alone = await scoreAgainst(model, stagesOf(0), shape, [exemplar(4, 55)]);
    expect(scored.votes[1]!.delta).toBeCloseTo(alone.votes[0]!.delta, 5);
    expect(scored.votes.map(({ id }) => id)).toEqual(['clip 3', 'clip 4', 'clip 5']);
    model.dispose();
  });

  it('returns points if the model computes in units of scoreScale', async () => {
    const { model } = goldenModel('released');
    const points = await scoreAgainst(model, stagesOf(0), shape, [exemplar(3, 65)]);
    model.config.scoreScale = 15;
    const scaled = await scoreAgainst(model, stagesOf(0), shape, [exemplar(3, 65)]);
    expect(scaled.votes[0]!.delta).toBeCloseTo(15 * points.votes[0]!.delta, 8);
    model.dispose();
  });

  it('reports what it expected', async () => {
    const { model } = goldenModel('released');
    await expect(scoreAgainst(model, stagesOf(0), shape, [])).rejects.toThrow(
      new ArgumentError('scoreAgainst: expected at least one exemplar, got none.'),
    );
    const short = { ...exemplar(3, 65), stages: new Float32Array(7) };
    await expect(scoreAgainst(model, stagesOf(0), shape, [short])).rejects.toThrow(
      new ArgumentError('scoreAgainst: expected 3 x 5 x 32 = 480 features, got 7 of clip 3.'),
    );
    model.dispose();
  });
});

describe('scoreAlone', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it("is the regressor's mean with the clip in place of the exemplar, in points, without votes", async () => {
    const { model } = goldenModel('released');
    model.config.regression = 'exemplar-free';
    model.config.scoreScale = 15;
    const before = tf.memory().numTensors;
    const scored = await scoreAlone(model, stagesOf(1));
    expect(tf.memory().numTensors).toBe(before);
    const stages = tf.tensor4d(stagesOf(1), [1, 3, 5, 32]);
    expect(scored.score).toBeCloseTo(15 * model.regressor.apply(stages, stages).dataSync()[0]!, 4);
    expect(scored).toMatchObject({ spread: 0, votes: [] });
    await expect(scoreAlone(model, new Float32Array(7))).rejects.toThrow(
      new ArgumentError('scoreAlone: expected 3 x 5 x 32 = 480 features, got 7.'),
    );
    model.dispose();
  });

  it('shifts by the score that training starts from', async () => {
    const { config } = goldenModel('released').model;
    const model = new MCoRe({ ...config, regression: 'exemplar-free', scoreScale: 15 }, { seed: 3 });
    const bias = model.weights().get('regressor_delta.layer3.bias')!.dataSync()[0]!;
    const before = (await scoreAlone(model, stagesOf(0))).score;
    model.startFromScore(69);
    expect((await scoreAlone(model, stagesOf(0))).score - before).toBeCloseTo(69 - 15 * bias, 3);
    model.dispose();
  });
});

describe('scoreFromStages', () => {
  it('adds up by hand: exemplars of 60 and 50 points, three stages, 15 points a unit', () => {
    const scored = scoreFromStages(
      Float32Array.of(1, 0, -0.5, 0.25, 0.25, 0.5),
      [exemplar(3, 60), exemplar(4, 50)],
      15,
    );
    expect(scored.votes.map(({ stageDeltas }) => stageDeltas)).toEqual([
      [5, 0, -2.5],
      [1.25, 1.25, 2.5],
    ]);
    expect(scored.votes.map(({ delta }) => delta)).toEqual([2.5, 5]);
    expect([scored.score, scored.spread]).toEqual([58.75, 3.75]);
  });

  it('reports what it expected', () => {
    expect(() => scoreFromStages(new Float32Array(5), [exemplar(3, 60), exemplar(4, 50)], 1)).toThrow(
      new ArgumentError(
        'scoreFromStages: expected the same number of scores for each of at least one exemplar, got 5 for 2.',
      ),
    );
    expect(() => scoreFromStages(new Float32Array(3), [], 1)).toThrow(
      new ArgumentError(
        'scoreFromStages: expected the same number of scores for each of at least one exemplar, got 3 for 0.',
      ),
    );
  });
});
