import '@tensorflow/tfjs';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeatureClip } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import { spearman } from '@mcore/metrics';
import { Random } from '@mcore/random';
import { madeUpSource } from '@mcore/testing/feature-clips';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areFeatureWeights, decodeFeatureWeights, encodeFeatureWeights, fitBlend, fitMethod } from './index.js';
import { openFeatureWeights, savedOptions, trainFeatures } from './node.js';

const settings = {
  steps: 3,
  batchSize: 4,
  exemplars: 4,
  model: {
    steps: 8,
    width: 8,
    layers: [{ kernel: 2, stride: 2 }],
    regressor: { blocks: 1, heads: 2, mlpRatio: 1, hidden: [8] },
    stepsPerStage: 4,
  },
};
const source = madeUpSource();
const train = source.clips.filter(({ split }) => split === 'train');
const test = source.clips.filter(({ split }) => split === 'test');
const info = {
  ...{ method: 'mcore' as const, channels: 4, targets: source.targets, scoreOf: 'sum' as const, trainedOn: 'made up' },
  ...{ trainedClips: train.map(({ id }) => id), scores: { mean: 5, deviation: 3 }, seed: 1, preparation: {} },
};
const folder = mkdtempSync(join(tmpdir(), 'mcore-feature-run-'));

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function srccOf(clips: readonly FeatureClip[], predicted: readonly { targets: Readonly<Record<string, number>> }[]) {
  return spearman(
    predicted.map(({ targets }) => targets.second!),
    clips.map(({ targets }) => targets.second!),
  );
}

describe('fitBlend', { timeout: 120_000 }, () => {
  it('learns with networks of 3 steps, SRCC above 0.9: regressions carry it', async () => {
    const before = tf.memory().numTensors;
    const scorer = await fitBlend({ source, train, settings, seed: 1 });
    const predictions = await scorer.predict(test);
    expect(srccOf(test, predictions)).toBeGreaterThan(0.9);
    expect(scorer.parts.innerSrcc.every((srcc) => srcc > 0.8)).toBe(true);
    for (const { targets, intervals } of predictions) {
      const [low, high] = intervals.first!;
      expect((low + high) / 2).toBeCloseTo(targets.first!, 6);
    }
    scorer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('finds one channel of 150 that says something, SRCC above 0.7, and mixes the others away', async () => {
    const wide = wideSource(150);
    const scorer = await fitBlend({ source: wide, train: wide.clips.slice(0, 60), settings, seed: 1 });
    const held = wide.clips.slice(60);
    const predicted = (await scorer.predict(held)).map(({ targets }) => targets.score!);
    const srcc = spearman(
      predicted,
      held.map(({ score }) => score),
    );
    expect(srcc).toBeGreaterThan(0.7);
    expect(scorer.parts.networks[0]!.model.config.channels).toBe(48);
    scorer.dispose();
  });

  it('reports too few clips', async () => {
    await expect(fitBlend({ source, train: train.slice(0, 5), seed: 1 })).rejects.toThrow(
      new ArgumentError('fitBlend: expected at least 6 training clips, got 5 (mcore-alone takes fewer).'),
    );
  });
});

describe('weights in files', { timeout: 120_000 }, () => {
  const single = {
    ...source,
    targets: ['score'],
    clips: source.clips.map((clip) => ({ ...clip, targets: { score: clip.score } })),
    readFeatures: (id: string) => source.readFeatures(id),
  };

  it.each(['mcore', 'ridge', 'mcore-alone', 'usdl', 'core'] as const)(
    'of %s predict the same again, and leave no tensor',
    async (method) => {
      const before = tf.memory().numTensors;
      const clips = single.clips.slice(0, 12);
      const scorer = await fitMethod({ source: single, train: clips, settings, seed: 2, method });
      const expected = await scorer.predict(single.clips.slice(40));
      const files = await encodeFeatureWeights(scorer, { ...info, method, targets: ['score'] });
      expect(areFeatureWeights(files.weights)).toBe(true);
      expect(files.bank === undefined).toBe(method === 'ridge' || method === 'usdl');
      const back = decodeFeatureWeights(files);
      expect(back.info.method).toBe(method);
      expect(await back.scorer.predict(single.clips.slice(40), single)).toEqual(expected);
      scorer.dispose();
      back.scorer.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('without their bank, or with that of others, are refused', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(async (seed) => {
        const scorer = await fitMethod({ source, train: train.slice(0, 8), settings, seed, method: 'mcore-alone' });
        const files = await encodeFeatureWeights(scorer, { ...info, method: 'mcore-alone' });
        scorer.dispose();
        return files;
      }),
    );
    expect(() => decodeFeatureWeights({ weights: one!.weights }, 'a.safetensors')).toThrow(
      new DataError('decodeFeatureWeights: expected an exemplar bank beside a.safetensors, got none.'),
    );
    expect(() => decodeFeatureWeights({ weights: one!.weights, bank: other!.bank! }, 'a.safetensors')).toThrow(
      new DataError(
        'decodeFeatureWeights: expected the exemplar bank that was written with a.safetensors, got another.',
      ),
    );
    expect(() => decodeFeatureWeights({ weights: one!.bank! }, 'b')).toThrow(
      new DataError('decodeFeatureWeights: expected b to be of format "mcore features 1", got "mcore feature bank 1".'),
    );
  });
});

describe('trainFeatures', { timeout: 120_000 }, () => {
  const run = {
    source,
    train: train.slice(0, 12),
    method: 'mcore' as const,
    seed: 3,
    settings: { ...settings, steps: 25 },
  };
  const about = { scoreOf: 'sum' as const, preparation: {} };

  it('resumes a run that was cut off with the same bytes', async () => {
    const [whole, cut] = [join(folder, 'whole'), join(folder, 'cut')];
    const first = await trainFeatures({ ...run, about, out: whole, resume: false, options: { data: 'a.csv' } });
    first.scorer.dispose();
    expect(readdirSync(whole).sort()).toEqual(['bank.safetensors', 'best.safetensors', 'features.json']);
    expect(await savedOptions(whole)).toEqual({ data: 'a.csv' });
    let steps = 0;
    const stop = new AbortController();
    const onStep = () => ++steps === 47 && stop.abort(new Error('cut off'));
    await expect(
      trainFeatures({ ...run, about, out: cut, resume: false, signal: stop.signal, onStep }),
    ).rejects.toThrow('cut off');
    expect(readdirSync(cut).sort()).toEqual(['features.json', 'last-0.safetensors', 'last-1.safetensors']);
    const ran: number[] = [];
    const again = await trainFeatures({ ...run, about, out: cut, resume: true, onStep: ({ step }) => ran.push(step) });
    again.scorer.dispose();
    // the second network had a snapshot of step 20, the third none
    expect(ran).toEqual([21, 22, 23, 24, 25, ...Array.from({ length: 25 }, (_, step) => step + 1)]);
    for (const file of ['best.safetensors', 'bank.safetensors']) {
      expect(readFileSync(join(cut, file))).toEqual(readFileSync(join(whole, file)));
    }
    const { scorer } = await openFeatureWeights(join(cut, 'best.safetensors'));
    expect(await scorer.predict(test.slice(0, 2), source)).toHaveLength(2);
    scorer.dispose();
    await expect(trainFeatures({ ...run, about, out: cut, resume: true, seed: 4 })).rejects.toThrow(
      new DataError(
        `trainFeatures: expected the data and settings of the run in ${cut}, got others. Train without --resume, or into another folder.`,
      ),
    );
  });
});

/** 90 clips of noise; the level of channel 7 is the score. */
function wideSource(channels: number) {
  const random = new Random('wide');
  const sequences = new Map<string, { data: Float32Array; steps: number; channels: number }>();
  const clips = Array.from({ length: 90 }, (_, index): FeatureClip => {
    const score = random.normal();
    const data = Float32Array.from({ length: 20 * channels }, (_value, at) => {
      return random.normal() + (at % channels === 7 ? 1.5 * score : 0);
    });
    const id = `clip ${index}`;
    sequences.set(id, { data, steps: 20, channels });
    return {
      ...{ id, competition: '', diveNumber: 'any', score, difficulty: 1, frameCount: 20, transitions: [10] },
      ...{ split: 'train', targets: { score }, groups: { subject: `s${index % 9}` } },
    };
  });
  return {
    ...{ clips, channels, targets: ['score'], description: 'wide', transitionsFrom: 'equal parts' as const },
    readFeatures: async (id: string) => sequences.get(id)!,
  };
}
