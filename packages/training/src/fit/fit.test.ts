import type { ClipSource } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { encodeCheckpoint } from '@mcore/model';
import { useTestEngine } from '@mcore/testing/engines';
import { madeUpClips } from '@mcore/testing/frame-clips';
import { tinyConfig } from '@mcore/testing/golden-trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  assertSameClips,
  evaluate,
  type FitEvent,
  type FitOptions,
  fit,
  MemoryRunStore,
  presentExemplars,
} from '../index.js';

const config = { ...tinyConfig, exemplars: 2, optimiser: { ...tinyConfig.optimiser, batchSize: 2 } };
const options: FitOptions = { data: madeUpClips(), preset: 'released', config, seed: 1, steps: 4, validateEvery: 2 };
const bytesOf = (checkpoint: Parameters<typeof encodeCheckpoint>[0]) => Buffer.from(encodeCheckpoint(checkpoint));

beforeAll(() => useTestEngine('wasm after registerOps'));

describe('fit', () => {
  it('gives weights, bank and history, tells what happens as events, and leaks no tensor', async () => {
    const before = tf.memory().numTensors;
    const events: FitEvent[] = [];
    const { weights, bank, history, bestStep, steps } = await fit({
      ...options,
      onEvent: (event) => events.push(event),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(steps).toBe(4);
    expect(weights.info).toMatchObject({ step: bestStep, seed: 1, data: { kind: 'other', split: { seed: 1 } } });
    expect(bank!.exemplars.length).toBeGreaterThan(10);
    expect(history.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(history.validation.map(({ step }) => step)).toEqual([2, 4]);
    expect(events.filter(({ kind }) => kind === 'step').map(({ kind: _, ...record }) => record)).toEqual(history.steps);
    expect([...new Set(events.map(({ kind }) => kind))]).toEqual([
      ...['split', 'note', 'preparing', 'start', 'step', 'validation', 'checkpoint', 'calibrated'],
    ]);
  });

  it('ends at its signal and resumes from what it kept, with bit-exact weights', async () => {
    const whole = await fit(options);
    const out = new MemoryRunStore();
    const stop = new AbortController();
    const reason = new Error('enough');
    const onEvent = (event: FitEvent) => {
      if (event.kind === 'step' && event.step === 3) stop.abort(reason);
    };
    await expect(fit({ ...options, out, signal: stop.signal, onEvent })).rejects.toBe(reason);
    const starts: number[] = [];
    const resumed = await fit({
      ...options,
      out,
      onEvent: (event) => event.kind === 'start' && starts.push(event.step),
    });
    expect(starts).toEqual([3]);
    expect(bytesOf(resumed.weights).equals(bytesOf(whole.weights))).toBe(true);
    expect(resumed.history).toEqual(whole.history);
    await expect(fit({ ...options, out, steps: 6, validateEvery: 3 })).rejects.toMatchObject({
      code: 'ERR_MCORE_SETTINGS',
      message: expect.stringContaining('got validateEvery 3 instead of 2.'),
    });
  });

  it('extends a run with more steps, evaluated at the same intervals, and says so', async () => {
    const out = new MemoryRunStore();
    const { validateEvery: _, ...rest } = options;
    await fit({ ...rest, out, validateEvery: 2 });
    const notes: string[] = [];
    const onEvent = (event: FitEvent) => event.kind === 'note' && notes.push(event.text);
    const extended = await fit({ ...rest, out, steps: 6, onEvent });
    expect(extended.steps).toBe(6);
    expect(extended.history.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(extended.history.validation.map(({ step }) => step)).toEqual([2, 4, 6]);
    expect(notes).toContain('Extended from 4 to 6 steps');
    await expect(fit({ ...rest, out, steps: 5 })).rejects.toMatchObject({
      message: expect.stringContaining('got steps 5 instead of 6.'),
    });
  });

  it('keeps the last weights and trains on all clips where none chooses', async () => {
    const { weights, bank, history, bestStep, bestSrcc, calibration } = await fit({ ...options, choose: 'last' });
    expect([bestStep, bestSrcc, calibration]).toEqual([4, Number.NaN, undefined]);
    expect(weights.info.step).toBe(4);
    expect(bank!.exemplars).toHaveLength(24);
    expect(history.validation).toEqual([]);
    // eight clips are too few to choose, and enough to train
    const few = madeUpClips('other', 8);
    expect((await fit({ ...options, data: few, choose: 'last' })).bank!.exemplars).toHaveLength(6);
  });

  it('measures every evaluation on validation, with metrics of functions', async () => {
    const seconds: number[] = [];
    const { history } = await fit({
      ...options,
      metrics: { 'largest error': (p, a) => Math.max(...p.map((value, index) => Math.abs(value - a[index]!))) },
      onEvent: (event) => event.kind === 'validation' && seconds.push(event.seconds),
    });
    const [first] = history.validation;
    expect(Object.keys(first!).sort()).toEqual([
      'aiou50',
      'aiou75',
      'best',
      'meanAbsoluteError',
      'metrics',
      'regression',
      'rl2x100',
      'segmentation',
      'srcc',
      'step',
    ]);
    expect(first!.metrics!['largest error']).toBeGreaterThanOrEqual(first!.meanAbsoluteError);
    expect(first!.regression).toBeGreaterThan(0);
    expect(first!.segmentation).toBeGreaterThan(0);
    expect(seconds.length).toBe(2);
    expect(Math.min(...seconds)).toBeGreaterThan(0);
  });

  it('learns from the loss of a function', async () => {
    const parts: string[][] = [];
    const loss: NonNullable<FitOptions['loss']> = (losses, pairs) => {
      parts.push([...Object.keys(losses), ...Object.keys(pairs)]);
      return tf.mul(losses.segmentation, 2);
    };
    const { history } = await fit({ ...options, steps: 1, loss });
    const [step] = history.steps;
    expect(step!.total).toBeCloseTo(2 * step!.segmentation, 4);
    expect(parts[0]).toEqual(
      expect.arrayContaining(['regression', 'relativeScore', 'stageFeatures', 'logits', 'labels']),
    );
    // what the regressor alone computes has no gradient, so its weights stay
    const out = new MemoryRunStore();
    await fit({ ...options, steps: 1, loss, out });
    await expect(fit({ ...options, steps: 1, out })).rejects.toMatchObject({
      message: expect.stringContaining('got loss none instead of "of a function"'),
    });
  });

  it('keeps the moving average of the weights, and resumes it bit-exactly', async () => {
    const averaging = { ...config, optimiser: { ...config.optimiser, averaging: 0.9, weightDecay: 0.01 } };
    const whole = await fit({ ...options, config: averaging });
    const plain = await fit({
      ...options,
      config: { ...config, optimiser: { ...config.optimiser, weightDecay: 0.01 } },
    });
    expect(bytesOf(whole.weights).equals(bytesOf(plain.weights))).toBe(false);
    const out = new MemoryRunStore();
    const stop = new AbortController();
    const onEvent = (event: FitEvent) => event.kind === 'step' && event.step === 2 && stop.abort(new Error('stop'));
    await expect(fit({ ...options, config: averaging, out, signal: stop.signal, onEvent })).rejects.toThrow('stop');
    const resumed = await fit({ ...options, config: averaging, out });
    expect(bytesOf(resumed.weights).equals(bytesOf(whole.weights))).toBe(true);
  });

  it('says that a frozen backbone makes the contrastive loss a constant', async () => {
    const frozen = { ...config, optimiser: { ...config.optimiser, backboneLearningRate: 0 } };
    const notes: string[] = [];
    await fit({
      ...{ ...options, steps: 1, config: frozen },
      onEvent: (event) => event.kind === 'note' && notes.push(event.text),
    });
    expect(notes.some((text) => text.includes('contrastive loss of its features is a constant'))).toBe(true);
  });

  it('takes the split of the weights it starts from, and refuses to validate on clips that trained them', async () => {
    const first = await fit({ ...options, steps: 1, splitSeed: 'five' });
    const next = { ...options, steps: 1, seed: 9, init: first.weights };
    const { weights } = await fit(next);
    expect(weights.info.data).toMatchObject({
      split: { kind: 'official', seed: 'five' },
      clips: first.weights.info.data!.clips,
      before: [{ clips: first.weights.info.data!.clips }],
    });
    await expect(fit({ ...next, splitSeed: 9 })).rejects.toMatchObject({
      code: 'ERR_MCORE_SEEN_CLIPS',
      message: expect.stringMatching(
        /^fit: .* got others: \d of \d validation clips were trained on\. .* official of seed five/,
      ),
    });
    await fit({ ...next, splitSeed: 9, allowSeenClips: true });
  });

  it('starts regression without exemplars at the mean score, from weights that did not have it too', async () => {
    const free = { ...config, regression: 'exemplar-free' as const };
    const still = { ...free, optimiser: { ...free.optimiser, learningRate: 1e-30, backboneLearningRate: 1e-30 } };
    const init = (await fit({ ...options, steps: 1 })).weights;
    const source = madeUpClips();
    const { weights } = await fit({ ...options, data: source, steps: 1, config: still, init });
    const { predictions } = await evaluate({ weights, data: source });
    const train = source.clips.filter(({ split }) => split === 'train');
    const mean = train.reduce((sum, { score }) => sum + score, 0) / train.length;
    for (const { predictedScore } of predictions) expect(Math.abs(predictedScore - mean)).toBeLessThan(25);
  });

  it('refuses weights of another model in one line', async () => {
    const { weights } = await fit({ ...options, steps: 1 });
    const other = { ...config, segmenter: { ...config.segmenter, hiddenSize: config.segmenter.hiddenSize + 2 } };
    await expect(fit({ ...options, config: other, init: weights, allowSeenClips: true })).rejects.toThrow(
      /^fit: expected init to be weights of the configured model \(preset released, 3 stages, \d+ parameters\), got weights of preset released with 3 stages and \d+ parameters\. Take that preset, or start from other weights\.$/,
    );
  });

  it('says what is needed for validation before it trains', async () => {
    await expect(fit({ ...options, data: madeUpClips('other', 8) })).rejects.toThrow(DataError);
    await expect(fit({ ...options, data: madeUpClips('other', 8) })).rejects.toThrow(
      /^fit: expected at least 2 clips for validation, which are one in five of the training clips of every class with several, got \d of 6 training clips\./,
    );
  });
});

describe('evaluate', () => {
  it('measures on the test clips of the split that the weights were trained with', async () => {
    const data = madeUpClips();
    const { weights } = await fit({ ...options, data, steps: 1, split: 'held-out-events', splitSeed: 3 });
    const found = await evaluate({ weights, data });
    expect(found.clips).toBe(found.predictions.length);
    const events = new Set(found.predictions.map(({ competition }) => competition));
    expect(events.size).toBe(2);
    expect(Object.keys(found.baselines)).toHaveLength(3);
    await expect(evaluate({ weights, data, split: 'official' })).rejects.toMatchObject({
      code: 'ERR_MCORE_SEEN_CLIPS',
      message: expect.stringMatching(
        /^evaluate: expected clips that had no part in making the weights, got others: \d of 8 test clips were trained on.* split held-out-events of seed 3; leave the split out to use it, or allow seen clips/,
      ),
    });
    expect((await evaluate({ weights, data, split: 'official', allowSeenClips: true })).clips).toBe(8);
  });

  it('evaluates weights of a text seed, and weights that do not name their clips with a note', async () => {
    const data = madeUpClips();
    const { weights } = await fit({ ...options, data, steps: 1 });
    const { data: _, ...info } = { ...weights.info, seed: 'some text' };
    const notes: string[] = [];
    const found = await evaluate({
      weights: { ...weights, info },
      data,
      part: 'validation',
      onEvent: (event) => event.kind === 'note' && notes.push(event.text),
    });
    expect(found.clips).toBeGreaterThan(2);
    expect(notes).toEqual([
      "These weights (trained on 32 made-up clips) don't name their training clips, so it can't be checked that none of them is tested",
    ]);
  });

  it('asks for the clips where the weights were not trained on rendered dives', async () => {
    const { weights } = await fit({ ...options, steps: 1 });
    await expect(evaluate({ weights })).rejects.toThrow(
      'evaluate: expected the clips as data, since the weights were trained on 32 made-up clips, got none.',
    );
  });
});

// last, since it ends the engine that the others use
describe('fit with paths', () => {
  it('hands them over to the entry for Node.js', async () => {
    await expect(fit({ ...options, data: 'none.csv', engine: 'cpu' })).rejects.toThrow(
      'openManifest: expected UTF-8 text at none.csv, got',
    );
  });
});

describe('presentExemplars', () => {
  // the test before starts engines of its own
  beforeAll(() => useTestEngine('wasm after registerOps'));

  it('takes features from a bank where frames and labels are those they were computed of', async () => {
    const keys = new Map<string, string>();
    const source: ClipSource = { ...madeUpClips(), frameKey: async (id) => keys.get(id) ?? `frames of ${id}` };
    const { bank } = await fit({ ...options, data: source, steps: 1 });
    const [first, second, third] = bank!.exemplars;
    const known = () => presentExemplars(bank!, source.clips, source);
    expect([...(await known()).values()]).toEqual(bank!.exemplars);
    keys.set(first!.id, 'another file behind the name');
    expect((await known()).has(first!.id)).toBe(false);
    const corrected = source.clips.map((clip) => (clip.id === second!.id ? { ...clip, score: 1 } : clip));
    const left = await presentExemplars(bank!, corrected, source);
    expect([left.has(first!.id), left.has(second!.id), left.has(third!.id)]).toEqual([false, false, true]);
    // without keys nothing is known of the frames
    expect((await presentExemplars(bank!, source.clips, madeUpClips())).size).toBe(0);
  });
});

describe('assertSameClips', () => {
  const of = (kind: string, seed: number) => ({ seed, data: { split: { kind, seed } } }) as never;

  it('refuses weights of several draws where the draw chooses the clips', () => {
    const events = [of('held-out-events', 0), of('held-out-events', 1)];
    expect(() => assertSameClips('mcore eval', events, { part: 'test' })).toThrow(
      'mcore eval: expected weights that are tested on the same clips, got the splits held-out-events of seed 0, held-out-events of seed 1. Evaluate them one by one, or train them with one --split-seed.',
    );
    expect(() => assertSameClips('mcore eval', events, { part: 'test', splitSeed: 4 })).not.toThrow();
    const official = [of('official', 0), of('official', 1)];
    expect(() => assertSameClips('mcore eval', official, { part: 'test' })).not.toThrow();
    expect(() => assertSameClips('mcore eval', official, { part: 'validation' })).toThrow('official of seed 0');
  });
});
