import { ArgumentError } from '@mcore/errors';
import { resampleStages } from '@mcore/segmenter';
import { readFixture } from '@mcore/testing/fixtures';
import { configOfSizes } from '@mcore/testing/golden-model';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type LabelledClips, MCoRe, type MCoReConfig, pairLosses } from './index.js';

const config = configOfSizes(readFixture('model', 'released').metadata, 'released');

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

  it('of a batch is the mean over its pairs, so pairs can be processed one at a time', () => {
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

  it('in both directions is the sum of q|e and e|q', () => {
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

  it('of an exemplar-free model is the error of the scores themselves, of one clip or of both', () => {
    const [query, exemplar] = [clips(2, 1), clips(2, 2)];
    const free: Partial<MCoReConfig> = { regression: 'exemplar-free', scoreScale: 15 };
    const model = new MCoRe({ ...config, ...free }, { seed: 2 });
    const errorOf = ({ frames, transitions, scores }: LabelledClips) => {
      const stages = model.stageFeatures(model.features(frames), transitions);
      const own = model.regressor.apply(stages, stages).dataSync();
      return scores.reduce((sum, score, index) => sum + (own[index]! - score / 15) ** 2, 0) / scores.length;
    };
    const [one, other] = [errorOf(query), errorOf(exemplar)];
    model.dispose();
    expect(losses(free, query, exemplar).regression! / (one + other)).toBeCloseTo(1, 5);
    const alone = { ...free, loss: { ...config.loss, regressionDirections: 'query' as const } };
    expect(losses(alone, query, exemplar).regression! / one).toBeCloseTo(1, 5);
    // the other clip's score does not affect the query's loss
    const moved = { ...exemplar, scores: exemplar.scores.map((score) => score + 20) };
    expect(losses(alone, query, moved).regression).toBe(losses(alone, query, exemplar).regression);
  });

  it('of a model that is not stagewise regresses on uncut clips, and cuts stages only for the contrastive part', () => {
    const [query, exemplar] = [clips(2, 1), clips(2, 2)];
    const shifted = (all: LabelledClips) => ({ ...all, transitions: all.transitions.map(() => [2, 3]) });
    const uncut = losses({ stagewise: false }, query, exemplar);
    const elsewhere = losses({ stagewise: false }, shifted(query), shifted(exemplar));
    expect(elsewhere.regression).toBe(uncut.regression);
    expect(elsewhere.contrastive).not.toBe(uncut.contrastive);
    const cut = losses({}, query, exemplar);
    expect(uncut.contrastive! / cut.contrastive!).toBeCloseTo(1, 5);
    expect(uncut.segmentation! / cut.segmentation!).toBeCloseTo(1, 5);
    expect(Math.abs(uncut.regression! / cut.regression! - 1)).toBeGreaterThan(1e-4);

    const model = new MCoRe({ ...config, stagewise: false }, { seed: 2 });
    const whole = (all: LabelledClips) =>
      resampleStages(model.features(all.frames), [[], []], 3 * config.stepsPerStage);
    const [q, e] = [whole(query), whole(exemplar)];
    const errors = [model.relativeScore(q, e).dataSync(), model.relativeScore(e, q).dataSync()];
    const difference = (index: number) => query.scores[index]! - exemplar.scores[index]!;
    const byHand = [0, 1].reduce(
      (sum, index) =>
        sum + ((errors[0]![index]! - difference(index)) ** 2 + (errors[1]![index]! + difference(index)) ** 2) / 2,
      0,
    );
    model.dispose();
    expect(uncut.regression! / byHand).toBeCloseTo(1, 5);
  });

  it.each([
    { regression: 'exemplar-free', stagewise: true },
    { regression: 'exemplar-free', stagewise: false },
    { regression: 'exemplars', stagewise: false },
  ] as const)(
    '$regression, stagewise $stagewise: the gradient equals finite differences (2 %), and no tensor is leaked',
    (changed) => {
      const model = new MCoRe({ ...config, ...changed, loss: { ...config.loss, segmentation: 'paper' } }, { seed: 2 });
      const [query, exemplar] = [clips(2, 1), clips(2, 2)];
      query.scores = [3, 4];
      exemplar.scores = [1, 2];
      const variable = model.regressor.weights().get('decoder.model.0.attn.q_map.weight')!;
      const before = tf.memory().numTensors;
      const regression = () => tf.tidy(() => pairLosses(model, query, exemplar).regression);
      const { value, grads } = tf.variableGrads(regression, [variable]);
      const gradient = grads[variable.name]!;
      const start = tf.clone(variable);
      const along = (step: number) =>
        tf.tidy(() => {
          variable.assign(tf.add(start, tf.mul(gradient, step)));
          return regression().dataSync()[0]!;
        });
      const square = tf.tidy(() => tf.sum(tf.square(gradient)).dataSync()[0]!);
      const step = 0.02 / Math.sqrt(square);
      const slope = (along(step) - along(-step)) / (2 * step);
      expect(slope / square).toBeCloseTo(1, 1.7);
      tf.dispose([value, gradient, start]);
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    },
  );

  it('reports what it expected', () => {
    const model = new MCoRe(config, { seed: 2 });
    const before = tf.memory().numTensors;
    const [query, exemplar] = [clips(2, 1), clips(1, 2)];
    expect(() => pairLosses(model, query, exemplar)).toThrow(
      new ArgumentError(
        'pairLosses: expected as many exemplars as queries, at least one, each with a score, got 2 queries with 2 scores and 1 exemplars with 1.',
      ),
    );
    tf.dispose([query.frames, exemplar.frames]);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
