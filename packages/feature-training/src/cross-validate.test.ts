import '@tensorflow/tfjs';
import { ArgumentError } from '@mcore/errors';
import { areaUnderCurve, spearman } from '@mcore/metrics';
import { madeUpSource } from '@mcore/testing/feature-clips';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { crossValidate, evaluateFolds, type FoldPrediction, foldsOf } from './index.js';

const source = madeUpSource(24);
const settings = {
  steps: 2,
  batchSize: 4,
  model: {
    steps: 8,
    width: 4,
    layers: [{ kernel: 1, stride: 1 }],
    recurrent: false,
    regressor: { blocks: 1, heads: 1, mlpRatio: 1, hidden: [] },
  },
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('foldsOf', () => {
  it('holds out people, trials, clips, parts or the test split', () => {
    const names = (protocol: Parameters<typeof foldsOf>[1]) => foldsOf(source.clips, protocol).map(({ name }) => name);
    expect(names('losocv')).toEqual(['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7']);
    expect(names('loto')).toEqual(['t0', 't1', 't2']);
    expect(names('loocv')).toHaveLength(24);
    expect(names('kfold')).toEqual(['1', '2', '3', '4', '5']);
    expect(foldsOf(source.clips, 'split')[0]!.test).toEqual(Array.from({ length: 12 }, (_, index) => 12 + index));
    const grouped = foldsOf(source.clips, 'kfold', { group: 'subject', folds: 2 });
    for (const { train, test } of grouped) {
      const tested = new Set(test.map((index) => source.clips[index]!.groups.subject));
      expect(train.some((index) => tested.has(source.clips[index]!.groups.subject))).toBe(false);
    }
  });

  it('says which groups there are', () => {
    expect(() => foldsOf(source.clips, 'losocv', { group: 'club' })).toThrow(
      new ArgumentError(
        'foldsOf: losocv expects a group club, got clips with subject, trial. Name a column of groups.',
      ),
    );
    expect(() =>
      foldsOf(
        source.clips.map((clip) => ({ ...clip, groups: {} })),
        'loto',
      ),
    ).toThrow(
      new ArgumentError(
        'foldsOf: loto expects a group trial, session, group, got clips without groups. Name a column of groups.',
      ),
    );
  });
});

describe('crossValidate', () => {
  it('predicts every clip once, and resumes with the same predictions', async () => {
    const folds = foldsOf(source.clips, 'loto');
    const kept = new Map<string, readonly FoldPrediction[]>();
    const onFold = (name: string, predictions: readonly FoldPrediction[]) => void kept.set(name, predictions);
    const all = await crossValidate({ source, folds, settings, seed: 4, onFold });
    expect(all.map(({ id }) => id).sort()).toEqual(source.clips.map(({ id }) => id).sort());
    const ran: string[] = [];
    const resumed = await crossValidate({
      source,
      folds,
      settings,
      seed: 4,
      done: new Map([...kept].slice(0, 2)),
      onFold: (name) => void ran.push(name),
    });
    expect(ran).toEqual(['t2']);
    expect(resumed).toEqual(all);
  });

  it('averages models of several seeds', async () => {
    const folds = foldsOf(source.clips, 'split');
    const [one, two] = [
      await crossValidate({ source, folds, settings, seed: 4 }),
      await crossValidate({ source, folds, settings, seed: 4, models: 2 }),
    ];
    expect(two).not.toEqual(one);
    expect(two.map(({ id }) => id)).toEqual(one.map(({ id }) => id));
  });
});

describe('evaluateFolds', () => {
  const predictions = source.clips.map(({ id, targets, groups }, index) => ({
    id,
    fold: groups.trial!,
    targets: { first: targets.first! + Math.sin(index), second: targets.second! + 3 * Math.cos(index) },
    spread: { first: 0, second: 0 },
    transitions: [],
  }));

  it('has the metrics of every target, of their sum and of verdicts, over all clips and over folds', () => {
    const { clips, folds, targets, verdicts } = evaluateFolds(source, predictions, { resamples: 50 });
    expect([clips, folds, targets.map(({ target }) => target)]).toEqual([24, 3, ['first', 'second', 'score']]);
    const sums = predictions.map(({ targets: { first, second } }) => first + second);
    const scores = source.clips.map(({ score }) => score);
    const passed = source.clips.map(({ passed: verdict }) => Number(verdict));
    expect(targets[2]!.srcc).toBe(spearman(sums, scores));
    expect(verdicts!.auc).toBe(areaUnderCurve(sums, passed));
    const ofTrial = (trial: string, values: number[]) =>
      values.filter((_, index) => source.clips[index]!.groups.trial === trial);
    const perTrial = ['t0', 't1', 't2'].map((trial) => areaUnderCurve(ofTrial(trial, sums), ofTrial(trial, passed)));
    expect(verdicts!.aucFolds.mean).toBeCloseTo(perTrial.reduce((sum, value) => sum + value, 0) / 3, 12);
  });

  it('makes a score of targets as the data does', () => {
    const product = (values: readonly number[]) => values.reduce((all, value) => all * value, 1);
    const { targets } = evaluateFolds(source, predictions, { scoreOf: product, resamples: 10 });
    const predicted = predictions.map(({ targets: { first, second } }) => first * second);
    expect(targets[2]!.srcc).toBe(
      spearman(
        predicted,
        source.clips.map(({ score }) => score),
      ),
    );
  });

  it('leaves undefined what folds of one clip cannot say', () => {
    const single = predictions.map((prediction) => ({ ...prediction, fold: prediction.id }));
    const { targets, verdicts } = evaluateFolds(source, single, { resamples: 10 });
    expect(targets[0]!.srccFolds).toMatchObject({ folds: 0, undefinedFolds: 24 });
    expect(targets[0]!.srcc).toBeGreaterThan(0);
    expect(verdicts!.aucFolds.mean).toBeNaN();
  });
});
