import { ArgumentError, ShapeError, WeightsError } from '@mcore/errors';
import { fixtureBytes, readFixture } from '@mcore/testing/fixtures';
import { configOfSizes } from '@mcore/testing/golden-model';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { isBackboneWeight, MCoRe, presets } from './index.js';

const config = configOfSizes(readFixture('model', 'released').metadata, 'released');

/** Zeros in the shapes of a model's weights. */
const zerosLike = (model: MCoRe): Record<string, tf.Tensor> =>
  Object.fromEntries([...model.weights()].map(([name, { shape }]) => [name, tf.zeros(shape)]));

describe('MCoRe', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('has the names and shapes of the released networks at full size, and nothing else', () => {
    const { released } = JSON.parse(new TextDecoder().decode(fixtureBytes('model', 'state-dicts.json'))) as {
      released: Record<string, Record<string, number[]>>;
    };
    const expected = Object.entries(released).flatMap(([part, tensors]) =>
      Object.entries(tensors)
        .filter(([name]) => !name.endsWith('num_batches_tracked'))
        .map(([name, shape]) => `${part}.${name} ${shape}`),
    );
    const model = new MCoRe(presets.released, { seed: 1 });
    expect([...model.weights()].map(([name, { shape }]) => `${name} ${shape}`).sort()).toEqual(expected.sort());
    model.dispose();
  });

  it('initialises its weights from the seed alone', () => {
    const values = (seed: number) => {
      const model = new MCoRe(config, { seed });
      const all = [...model.weights()].map(([name, variable]) => [name, [...variable.dataSync()]]);
      model.dispose();
      return all;
    };
    expect(values(3)).toEqual(values(3));
    expect(values(3)).not.toEqual(values(4));
  });

  it('cuts stages at 1 for a transition at 0, but returns 0, as the released code does', () => {
    const model = new MCoRe(config, { seed: 1 });
    const features = tf.randomNormal([1, 12, 8], 0, 1, 'float32', 5) as tf.Tensor3D;
    const logits = Array.from({ length: 12 }, (_, frame) => [frame === 0 ? 9 : 0, frame === 7 ? 9 : 0]);
    expect(model.decode([logits])).toEqual([[0, 7]]);
    expect(model.stageFeatures(features, [[0, 7]]).dataSync()).toEqual(
      model.stageFeatures(features, [[1, 7]]).dataSync(),
    );
    model.dispose();
  });

  describe('forward', () => {
    const clips = (seed: number) => tf.randomUniform([2, 12, 12, 12, 3], 0, 255, 'float32', seed) as tf.Tensor5D;
    let query: tf.Tensor5D;
    let exemplar: tf.Tensor5D;
    beforeAll(() => {
      [query, exemplar] = [clips(1), clips(2)];
    });

    it('cuts at the decoded transitions by default, and keeps no tensor but its result', () => {
      const model = new MCoRe(config, { seed: 1 });
      const before = tf.memory().numTensors;
      const pairs = model.forward(query, exemplar);
      expect(tf.memory().numTensors).toBe(before + 5);
      expect([...pairs.transitions.query, ...pairs.transitions.exemplar]).toEqual(model.decode(pairs.logits));
      const given = model.forward(query, exemplar, { transitions: pairs.transitions });
      expect(given.relativeScore.dataSync()).toEqual(pairs.relativeScore.dataSync());
      const elsewhere = {
        ...pairs.transitions,
        query: [
          [2, 3],
          [2, 3],
        ],
      };
      const moved = model.forward(query, exemplar, { transitions: elsewhere });
      expect(moved.relativeScore.dataSync()).not.toEqual(pairs.relativeScore.dataSync());
      expect(moved.logits.dataSync()).toEqual(pairs.logits.dataSync());
      for (const result of [pairs, given, moved]) {
        const { relativeScore, stageFeatures, logits, features } = result;
        tf.dispose([relativeScore, stageFeatures.query, stageFeatures.exemplar, logits, features]);
      }
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    });

    it('compares pair by pair: a batch gives the same as its pairs alone (1e-5)', () => {
      const model = new MCoRe(config, { seed: 1 });
      const one = (all: tf.Tensor5D, index: number) => tf.slice(all, [index, 0, 0, 0, 0], [1, 12, 12, 12, 3]);
      const whole = model.forward(query, exemplar).relativeScore.dataSync();
      for (const index of [0, 1]) {
        const [alone] = model.forward(one(query, index), one(exemplar, index)).relativeScore.dataSync();
        expect(Math.abs(alone! / whole[index]! - 1)).toBeLessThan(1e-5);
      }
      model.dispose();
    });

    it('returns the score of the query for an exemplar-free model, independent of the exemplar', () => {
      const model = new MCoRe({ ...config, regression: 'exemplar-free' }, { seed: 1 });
      const { relativeScore, stageFeatures } = model.forward(query, exemplar);
      expect(relativeScore.dataSync()).toEqual(model.ownScore(stageFeatures.query).dataSync());
      const swapped = model.forward(query, query).relativeScore;
      expect(swapped.dataSync()).toEqual(relativeScore.dataSync());
      model.dispose();
    });

    it('reports the frames it expected', () => {
      const model = new MCoRe(config, { seed: 1 });
      expect(() => model.forward(tf.zeros([2, 12, 12, 3]) as never, exemplar)).toThrow(
        new ShapeError(
          'MCoRe.forward: query must be [batch, time, height, width, 3] and not empty, got [2, 12, 12, 3].',
        ),
      );
      expect(() => model.forward(query, tf.zeros([1, 12, 12, 12, 3]))).toThrow(
        new ShapeError('MCoRe.forward: exemplar must be [2, 12, 12, 12, 3] like query, got [1, 12, 12, 12, 3].'),
      );
      model.dispose();
    });
  });

  it('decodes tensors and their arrays alike', async () => {
    const model = new MCoRe(config, { seed: 1 });
    const logits = tf.randomNormal([3, 12, 2], 0, 1, 'float32', 6) as tf.Tensor3D;
    expect(model.decode(logits)).toEqual(model.decode(await logits.array()));
    model.dispose();
  });

  it('applies dropout only in training, the same for the same seed', () => {
    const model = new MCoRe({ ...config, segmenter: { hiddenSize: 4, dropout: 0.5 } }, { seed: 1 });
    const features = tf.randomNormal([1, 6, 8], 0, 1, 'float32', 7) as tf.Tensor3D;
    const logits = (seed?: string) => [...model.transitionLogits(features, seed).dataSync()];
    expect(logits('a')).toEqual(logits('a'));
    expect(logits('a')).not.toEqual(logits('b'));
    expect(logits()).toEqual(logits());
    expect(logits()).not.toEqual(logits('a'));
    model.dispose();
  });

  it('loads its own names and those of DataParallel, and rejects tensors that do not fit', () => {
    const model = new MCoRe(config, { seed: 1 });
    const map = zerosLike(model);
    model.load(Object.fromEntries(Object.entries(map).map(([name, tensor]) => [`module.${name}`, tensor])));
    expect([...model.weights().values()].every((variable) => variable.dataSync().every((value) => value === 0))).toBe(
      true,
    );
    delete map['decoder.model.0.norm2.bias'];
    map['regressor_delta.layer3.weight'] = tf.zeros([1, 4]);
    map['psnet_model.extra'] = tf.zeros([1]);
    expect(() => model.load(map)).toThrow(
      new WeightsError(
        "MCoRe.load: the weights must be the model's 156 tensors, got 1 missing (decoder.model.0.norm2.bias); 1 extra (psnet_model.extra); 1 misshapen (regressor_delta.layer3.weight must be [1, 3], got [1, 4]).",
      ),
    );
    model.dispose();
  });

  it('leaks nothing if a part cannot be made', () => {
    const before = tf.memory().numTensors;
    expect(() => new MCoRe({ ...config, regressor: { ...config.regressor, heads: 3 } }, { seed: 1 })).toThrow(
      new ArgumentError('ContrastiveRegressor: heads must divide featureSize = 8, got 3.'),
    );
    expect(() => new MCoRe({ ...config, stages: 1 }, { seed: 1 })).toThrow(
      new ArgumentError('BiGruSegmenter: transitions must be a positive whole number, got 0.'),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('identifies the weights of the backbone, which has its own learning rate', () => {
    expect(isBackboneWeight('base_model._features.stem.conv.weight')).toBe(true);
    expect(isBackboneWeight('psnet_model._pred_fine._gru.weight_ih_l0')).toBe(false);
    expect(isBackboneWeight('decoder.model.0.norm2.bias')).toBe(false);
  });
});
