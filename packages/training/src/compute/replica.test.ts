import { WeightsError } from '@mcore/errors';
import { framesTensor, isBackboneWeight, MCoRe } from '@mcore/model';
import { useTestEngine } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import { goldenPairs, madeUpClip, madeUpPairs, tinyConfig } from '@mcore/testing/golden-trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { LocalReplica, layoutOf, ParameterLayout } from '../index.js';

describe('LocalReplica', () => {
  beforeAll(() => useTestEngine('cpu'));

  it('encodes a clip with the features of training: logits and stages equal PyTorch within 1e-5', async () => {
    const { model, pairs } = goldenPairs();
    const golden = readFixture('model', 'small-released');
    const replica = new LocalReplica(model);
    const { logits, transitions, stages } = await replica.encode(pairs[0]!.query.frames);
    expect(relativeError(logits, golden.values('logits').slice(0, logits.length))).toBeLessThan(1e-5);
    const features = tf.tensor3d(golden.values('features').slice(0, 8 * 32), [1, 8, 32]);
    const cut = model.stageFeatures(features, [transitions]);
    expect(relativeError(stages, cut.dataSync())).toBeLessThan(1e-5);
    tf.dispose([features, cut]);
    await replica.dispose();
    model.dispose();
  });

  it('gives decoded transitions as they are where stages count 0 as 1', async () => {
    const model = new MCoRe(tinyConfig, { seed: 1 });
    // a segmenter that is all bias is undecided: the first frame of each window
    for (const [name, variable] of model.segmenter.weights()) {
      const flat = tf.fill(variable.shape, name.endsWith('_fc_out.bias') ? 0.5 : 0);
      variable.assign(flat);
      flat.dispose();
    }
    const replica = new LocalReplica(model);
    const { frames } = madeUpClip('any');
    const { transitions, stages } = await replica.encode(frames);
    expect(transitions).toEqual([0, 3]);
    const features = model.features(framesTensor(frames));
    const cut = model.stageFeatures(features, [[1, 3]]);
    expect(relativeError(stages, cut.dataSync())).toBeLessThan(1e-6);
    await replica.dispose();
    model.dispose();
  });

  it('keeps nothing but one frozen backbone between calls, a new one for new parameters, and none after dispose', async () => {
    const model = new MCoRe(tinyConfig, { seed: 1 });
    const replica = new LocalReplica(model);
    const before = tf.memory().numTensors;
    const [pair] = await madeUpPairs(0, 1);
    await replica.gradient(pair!);
    expect(tf.memory().numTensors).toBe(before);
    const first = await replica.encode(pair!.query.frames);
    const frozen = tf.memory().numTensors;
    await replica.encode(pair!.query.frames);
    expect(tf.memory().numTensors).toBe(frozen);
    await replica.setParameters((await replica.layout.read()).map((value) => value * 1.1));
    const second = await replica.encode(pair!.query.frames);
    expect(tf.memory().numTensors).toBe(frozen);
    expect(second.stages).not.toEqual(first.stages);
    await replica.dispose();
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('takes no gradient through a backbone whose learning rate is 0: none for it, the same for the rest within 1e-4', async () => {
    const optimiser = { ...tinyConfig.optimiser, backboneLearningRate: 0 };
    const [whole, frozen] = [tinyConfig, { ...tinyConfig, optimiser }].map((config) => new MCoRe(config, { seed: 1 }));
    const [pair] = await madeUpPairs(0, 1);
    const expected = await new LocalReplica(whole!).gradient(pair!);
    const replica = new LocalReplica(frozen!);
    const first = await replica.gradient(pair!);
    const before = tf.memory().numTensors;
    const got = await replica.gradient(pair!);
    expect(got).toEqual(first);
    expect(tf.memory().numTensors).toBe(before);
    expect(relativeError(Object.values(got.losses), Object.values(expected.losses))).toBeLessThan(1e-5);
    for (const [name, part] of replica.layout.split(got.gradient)) {
      if (isBackboneWeight(name)) expect(Math.max(...part.map(Math.abs)), name).toBe(0);
    }
    // the layout ends with segmenter and regressor
    const rest = replica.layout.size - new ParameterLayout(frozen!.backbone.weights()).size;
    expect(relativeError(got.gradient.slice(-rest), expected.gradient.slice(-rest))).toBeLessThan(1e-4);
    await replica.dispose();
    whole!.dispose();
    frozen!.dispose();
  });

  it('draws dropout from the seed of the pair', async () => {
    const model = new MCoRe(tinyConfig, { seed: 1 });
    const replica = new LocalReplica(model);
    const [pair] = await madeUpPairs(0, 1);
    const first = await replica.gradient(pair!);
    expect(await replica.gradient(pair!)).toEqual(first);
    const other = await replica.gradient({ ...pair!, dropoutSeed: 'other' });
    expect(other.losses.segmentation).not.toBe(first.losses.segmentation);
    expect(other.losses.regression).toBe(first.losses.regression);
    model.dispose();
  });
});

describe('ParameterLayout', () => {
  beforeAll(() => useTestEngine('cpu'));

  it('reads, writes and cuts the trainable weights, and no running statistics', async () => {
    const model = new MCoRe(tinyConfig, { seed: 1 });
    const layout = layoutOf(model);
    const trainable = [...model.weights()].filter(([, variable]) => variable.trainable);
    expect(layout.size).toBe(trainable.reduce((sum, [, { size }]) => sum + size, 0));
    const flat = await layout.read();
    const pieces = layout.split(flat);
    expect([...pieces.keys()]).toEqual(trainable.map(([name]) => name));
    for (const [name, variable] of trainable) expect(pieces.get(name)).toEqual(variable.dataSync());
    layout.write(flat.map((value) => value + 1));
    expect(await layout.read()).toEqual(flat.map((value) => value + 1));
    expect([...pieces.keys()].some((name) => name.includes('running_'))).toBe(false);
    model.dispose();
  });

  it('says how many numbers it expected', () => {
    const model = new MCoRe(tinyConfig, { seed: 1 });
    const layout = layoutOf(model);
    expect(() => layout.write(new Float32Array(3))).toThrow(
      new WeightsError(`ParameterLayout.write: expected ${layout.size} numbers, got 3.`),
    );
    model.dispose();
  });
});
