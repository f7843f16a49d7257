import '@tensorflow/tfjs';
import { transformFrames } from '@mcore/clips';
import { DataError, ShapeError } from '@mcore/errors';
import { ExemplarBank, modelFromCheckpoint, scoreAgainst, scoreAlone } from '@mcore/model';
import { madeUpCheckpoint, noiseFrames } from '@mcore/testing/made-up-checkpoint';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { nearestExemplars, Scorer, transitionProbabilities, UnknownClassError } from './index.js';

beforeAll(() => tf.setBackend('cpu'));

describe('Scorer', () => {
  it('gives what the parts give that it is made of, and leaves no tensors', async () => {
    const { checkpoint, bank } = await madeUpCheckpoint({ level: 0.9, halfWidth: 7, clips: 20 });
    const before = tf.memory().numTensors;
    const scorer = await Scorer.create(checkpoint, bank);
    const scored = await scorer.score(noiseFrames('query'), { class: '107B' });
    await scorer.dispose();
    expect(tf.memory().numTensors).toBe(before);

    const model = modelFromCheckpoint(checkpoint);
    const { data } = transformFrames(noiseFrames('query'), model.config.input.transform, 'center');
    const features = model.features(tf.tensor5d(Float32Array.from(data), [1, 12, 16, 16, 3]));
    const transitions = model.decode(model.transitionLogits(features));
    const stages = model.stageFeatures(features, transitions).dataSync() as Float32Array;
    const exemplars = scored.exemplars.map(({ id }) => bank.exemplars.find((exemplar) => exemplar.id === id)!);
    const own = await scoreAgainst(model, stages, bank.shape, exemplars);
    expect(scored.positions).toEqual(transitions[0]);
    expect(scored.score).toBeCloseTo(own.score, 4); // normalisation is folded there
    expect(scored.interval![0]).toBeCloseTo(scored.score - 7, 10);
    expect(scored.interval![1]).toBeCloseTo(scored.score + 7, 10);
    expect(scored).toMatchObject({ level: 0.9, match: 'same dive number' });
    expect(new Set(exemplars.map(({ diveNumber }) => diveNumber))).toEqual(new Set(['107b']));
    expect(exemplars).toHaveLength(3);
    model.dispose();
  });

  it('compares uncut clips as one stage where the model is not stagewise', async () => {
    const { checkpoint, bank } = await madeUpCheckpoint(undefined, { stagewise: false });
    const scorer = await Scorer.create(checkpoint, bank);
    expect(bank.shape).toEqual({ stages: 1, steps: 15, channels: 16 });
    const description = await scorer.encode(noiseFrames('query'));
    const scored = await scorer.compare(description, scorer.choose(description, { class: '107b' }));
    for (const { delta, stageDeltas } of scored.exemplars) expect(stageDeltas).toEqual([delta]);
    // where it would be cut plays no part
    const moved = await scorer.moved(description, [1, 2]);
    expect(moved.stages).toEqual(description.stages);
    await scorer.dispose();
  });

  it('gives no interval for a clip beyond the limits, and names the parts that are', async () => {
    const { checkpoint, bank } = await madeUpCheckpoint();
    const limitsOf = (featureDistance: number) => ({
      falseAlarmRate: 0.05,
      clips: 100,
      limits: { featureDistance, transitionFlatness: 1, voteSpread: 1e6 },
    });
    const calibration = { level: 0.9, halfWidth: 7, clips: 50 };
    const scoreWith = async (featureDistance: number) => {
      const info = { ...checkpoint.info, calibration, outliers: limitsOf(featureDistance) };
      const scorer = await Scorer.create({ ...checkpoint, info }, bank);
      const scored = await scorer.score(noiseFrames('query'), { class: '107b' });
      await scorer.dispose();
      return scored;
    };
    const [known, unlike] = [await scoreWith(1e6), await scoreWith(0)];
    expect(known.inDistribution!.value).toBe(true);
    expect(known.interval).toEqual([known.score - 7, known.score + 7]);
    expect(unlike.score).toBe(known.score);
    expect(unlike).toMatchObject({ interval: null, level: null, inDistribution: { value: false } });
    const { featureDistance, transitionFlatness } = unlike.inDistribution!.parts;
    expect(featureDistance).toEqual({
      value: known.inDistribution!.parts.featureDistance.value,
      limit: 0,
      within: false,
    });
    expect(transitionFlatness.within).toBe(true);
  });

  it('needs no bank for exemplar-free weights, and gives saliency of them', async () => {
    const { checkpoint } = await madeUpCheckpoint(undefined, { regression: 'exemplar-free' });
    const scorer = await Scorer.create(checkpoint, undefined);
    const frames = noiseFrames('query');
    const description = await scorer.encode(frames);
    const scored = await scorer.score(frames, { class: '107b' });
    expect(scored).toMatchObject({ match: 'none needed', exemplars: [], spread: 0 });
    expect(scored.score).toBe((await scoreAlone(scorer.model, description.stages)).score);
    const { time } = await scorer.saliency(frames, scored.positions, []);
    expect(Math.max(...time)).toBeGreaterThan(0);
    expect(() => scorer.bank).toThrow(
      new DataError('Scorer.bank: expected weights that compare with exemplars, got exemplar-free ones.'),
    );
    await scorer.dispose();
    const usual = await madeUpCheckpoint();
    await expect(Scorer.create(usual.checkpoint, undefined)).rejects.toThrow(
      new DataError(
        'Scorer.create: expected an exemplar bank of these weights, got none. Give the bank.safetensors that was written beside them, or make one with mcore bank.',
      ),
    );
  });

  it('draws exemplars by class and seed alone, and takes the nearest dive number or the nearest features', async () => {
    const { checkpoint, bank } = await madeUpCheckpoint();
    const scorer = await Scorer.create(checkpoint, bank, { seed: 3 });
    const description = await scorer.encode(noiseFrames('query'));
    const other = await scorer.encode(noiseFrames('other'));
    const idsOf = (each: Scorer, clip: typeof description) =>
      each.choose(clip, { class: '107B' }).exemplars.map(({ id }) => id);
    expect(idsOf(scorer, other)).toEqual(idsOf(scorer, description));
    const draws: string[] = [];
    for (const seed of [0, 1, 2, 3, 4, 5]) {
      const seeded = await Scorer.create(checkpoint, bank, { seed });
      draws.push(idsOf(seeded, description).join());
      await seeded.dispose();
    }
    expect(new Set(draws).size).toBeGreaterThan(1);
    expect(draws[3]).toBe(idsOf(scorer, description).join());
    const near = scorer.choose(description, { class: '5255b' });
    expect(near.match).toBe('nearest dive number');
    expect(near.exemplars[0]!.id).toBe('clip 4');
    const nearest = scorer.choose(description);
    expect(nearest.match).toBe('nearest by features');
    expect(nearest.exemplars).toEqual(nearestExemplars(bank, description.stages, 3));
    const { interval, level } = await scorer.compare(description, nearest);
    expect([interval, level]).toEqual([null, null]); // not calibrated
    await scorer.dispose();
  });

  it('scores moved transitions as if the model had found them there', async () => {
    const { checkpoint, bank } = await madeUpCheckpoint();
    const scorer = await Scorer.create(checkpoint, bank);
    const description = await scorer.encode(noiseFrames('query'));
    const same = await scorer.moved(description, description.transitions);
    same.stages.forEach((value, index) => {
      expect(value).toBeCloseTo(description.stages[index]!, 5);
    });
    const moved = await scorer.moved(description, [3, 8]);
    const features = tf.tensor3d(description.features, [1, 12, bank.shape.channels]);
    const expected = scorer.model.stageFeatures(features, [[3, 8]]).dataSync();
    expect([...moved.stages]).toEqual([...expected]);
    expect((await scorer.compare(moved, scorer.choose(moved, { class: '107b' }))).positions).toEqual([3, 8]);
    await scorer.dispose();
  });

  it('refuses frames of another number or size', async () => {
    const { checkpoint, bank } = await madeUpCheckpoint();
    const scorer = await Scorer.create(checkpoint, bank);
    const frames = noiseFrames('query');
    const half = { ...frames, count: 6, data: frames.data.slice(0, frames.data.length / 2) };
    const what = (got: string) =>
      new ShapeError(
        `Scorer: expected 12 frames of 24 x 20 pixels, resized and not cropped, got ${got}. Sample them with sampleIndices and resize them with resizeFrames of @mcore/clips, or give the video itself to judge.score.`,
      );
    await expect(scorer.score(half)).rejects.toThrow(what('6 of 24 x 20'));
    await expect(scorer.score(noiseFrames('query', 16, 16))).rejects.toThrow(what('12 of 16 x 16'));
    await expect(scorer.saliency(half, [4, 8], [])).rejects.toThrow(what('6 of 24 x 20'));
    await scorer.dispose();
  });

  it('refuses a class that no exemplar has, naming the nearest names, unless any class is allowed', async () => {
    const { checkpoint, bank } = await madeUpCheckpoint();
    const scorer = await Scorer.create(checkpoint, bank);
    const description = await scorer.encode(noiseFrames('query'));
    const error = new UnknownClassError('107x', ['107b', '5253b'], 2);
    expect(error.message).toBe(
      'expected a class that the exemplars have, got "107x". Nearest names: "107b", "5253b". Choose one of them, leave the class out, or allow any class (anyClass, --any-class).',
    );
    expect(() => scorer.choose(description, { class: '107X' })).toThrow(error);
    expect(() => scorer.checkClass({ class: '107x' })).toThrow(error);
    expect(scorer.choose(description, { class: '107x', anyClass: true })).toEqual(scorer.choose(description));
    await scorer.dispose();
  });

  it('calls classes that are no dive numbers classes, and knows no nearest one among them', async () => {
    const { checkpoint, bank } = await madeUpCheckpoint();
    const named = bank.exemplars.map((exemplar) => ({
      ...exemplar,
      diveNumber: exemplar.diveNumber === '107b' ? 'front flip' : 'back flip',
    }));
    const scorer = await Scorer.create(checkpoint, new ExemplarBank(named, bank.shape, bank.weightsId));
    const description = await scorer.encode(noiseFrames('query'));
    expect(scorer.choose(description, { class: ' Front flip' }).match).toBe('same class');
    expect(scorer.classes).toEqual([
      { name: 'back flip', exemplars: 1 },
      { name: 'front flip', exemplars: 4 },
    ]);
    expect(() => scorer.choose(description, { class: '107b' })).toThrow('got "107b". Nearest names: "back flip", ');
    await scorer.dispose();
  });

  it('refuses a bank of other weights', async () => {
    const { checkpoint, bank } = await madeUpCheckpoint();
    const other = new ExemplarBank(bank.exemplars, bank.shape, '0123456789abcdef');
    await expect(Scorer.create(checkpoint, other)).rejects.toThrow(
      new DataError(
        `Scorer.create: expected an exemplar bank computed with these weights (${bank.weightsId}), got one of 0123456789abcdef. Make it with mcore bank.`,
      ),
    );
  });
});

describe('nearestExemplars', () => {
  it('puts a clip of the bank itself first', async () => {
    const { bank } = await madeUpCheckpoint();
    for (const { id, stages } of bank.exemplars) expect(nearestExemplars(bank, stages, 1)[0]!.id).toBe(id);
  });
});

describe('transitionProbabilities', () => {
  it('is a softmax over frames in the released form, a sigmoid in the form of the paper; by hand', async () => {
    const { checkpoint } = await madeUpCheckpoint();
    const { config } = checkpoint.info;
    const logits = Float32Array.of(0, Math.log(2), Math.log(3), 0); // frames x transitions
    const [first, second] = transitionProbabilities(logits, config);
    expect(first).toEqual([expect.closeTo(0.25, 6), expect.closeTo(0.75, 6)]);
    expect(second).toEqual([expect.closeTo(2 / 3, 6), expect.closeTo(1 / 3, 6)]);
    const paper = { ...config, loss: { ...config.loss, segmentation: 'paper' as const } };
    expect(transitionProbabilities(logits, paper)[0]).toEqual([0.5, expect.closeTo(0.75, 6)]);
  });
});
