import { goldenBackbone, goldenWeights, hashedTensor } from '@mcore/testing/backbone-values';
import { useTestEngine } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { GsmRegNetY, type GsmRegNetYConfig, REGNETY_200MF, REGNETY_SMALL } from './index.js';

/** Two stages with a block of each kind: all code paths at little cost. */
const TINY: Partial<GsmRegNetYConfig> = { stemWidth: 8, widths: [8, 16], depths: [1, 2] };

function frames(name: string, batch = 2, time = 3): tf.Tensor5D {
  return hashedTensor(name, [batch, time, 16, 12, 3], 2) as tf.Tensor5D;
}

function values(weights: ReadonlyMap<string, tf.Tensor>): Map<string, number[]> {
  return new Map([...weights].map(([name, tensor]) => [name, [...tensor.dataSync()]]));
}

describe.each(['cpu', 'wasm', 'wasm after registerOps'] as const)('GsmRegNetY on %s', (engine) => {
  beforeAll(() => useTestEngine(engine));

  it('has gradients that agree with finite differences along a direction of all weights, within 1 %', () => {
    const model = goldenBackbone(TINY);
    tf.tidy(() => {
      const x = frames('finite differences');
      const loss = () => {
        const features = model.apply(x);
        return tf.mean(tf.mul(features, hashedTensor('cotangent', features.shape))) as tf.Scalar;
      };
      const trainable = [...model.weights()].filter(([, weight]) => weight.trainable);
      const { grads } = tf.variableGrads(loss);
      const directions = trainable.map(([name, weight]) => hashedTensor(`${name} direction`, weight.shape));
      const slope = trainable.reduce(
        (sum, [, weight], k) => sum + tf.sum(tf.mul(grads[weight.name]!, directions[k]!)).dataSync()[0]!,
        0,
      );
      const start = trainable.map(([, weight]) => tf.clone(weight));
      const at = (step: number) => {
        for (const [k, [, weight]] of trainable.entries()) {
          weight.assign(tf.add(start[k]!, tf.mul(directions[k]!, step)));
        }
        return loss().dataSync()[0]!;
      };
      const step = 3e-4;
      expect(Math.abs((at(step) - at(-step)) / (2 * step * slope) - 1)).toBeLessThan(0.01);
    });
    model.dispose();
  });

  it('needs no more memory for four times the blocks, to measure statistics or to compute features (10 %)', async () => {
    const x = hashedTensor('memory', [2, 4, 64, 64, 3]) as tf.Tensor5D;
    const peaks = async (blocks: number) => {
      const model = new GsmRegNetY({ ...TINY, depths: [blocks, blocks] }, { seed: 1 });
      const { numBytes, numTensors } = tf.memory();
      const measured = await tf.profile(async () => {
        await model.measureStatistics([x]);
        return [];
      });
      const applied = await tf.profile(() => tf.tidy(() => model.apply(x).dataSync() && []));
      expect(tf.memory().numTensors).toBe(numTensors);
      model.dispose();
      return [measured.peakBytes - numBytes, applied.peakBytes - numBytes];
    };
    const [few, many] = [await peaks(1), await peaks(4)];
    expect(many[0]! / few[0]!).toBeLessThan(1.1);
    expect(many[1]! / few[1]!).toBeLessThan(1.1);
    x.dispose();
  });

  it('returns maps whose mean over positions is the features, in training and frozen, and leaks no tensor (1e-6)', () => {
    const model = goldenBackbone(TINY);
    const frozen = model.inferenceModel();
    const x = frames('maps', 2, 3);
    const before = tf.memory().numTensors;
    const expected = tf.tidy(() => model.apply(x).dataSync());
    for (const { features, maps } of [model.applyWithMaps(x), frozen.applyWithMaps(x)]) {
      expect(maps.shape).toEqual([2, 3, 2, 2, 16]); // 16 x 12 pixels, halved by the stem and by two stages
      expect(relativeError(features.dataSync(), expected)).toBeLessThan(1e-5);
      expect(
        relativeError(
          tf.tidy(() => tf.mean(maps, [2, 3]).dataSync()),
          features.dataSync(),
        ),
      ).toBeLessThan(1e-6);
      tf.dispose([features, maps]);
    }
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
    frozen.dispose();
    model.dispose();
  });

  it('gives a clip the same features in any batch, also in training', () => {
    const model = goldenBackbone(TINY);
    tf.tidy(() => {
      const clips = [frames('one', 1), frames('other', 1)];
      const together = model.apply(tf.concat(clips, 0), { training: true });
      const alone = clips.map((clip) => model.apply(clip));
      expect(relativeError(together.dataSync(), tf.concat(alone, 0).dataSync())).toBeLessThan(1e-6);
    });
    model.dispose();
  });

  it('lets a frame depend on frames up to 2 * blocks away, and on none without gate shifts', () => {
    for (const [gateShift, near, far] of [
      [true, 4, 6], // at the end of the range the influence may be lost in rounding
      [false, 0, 0],
    ] as const) {
      const model = goldenBackbone({ ...TINY, gateShift });
      tf.tidy(() => {
        const x = hashedTensor('reach', [1, 17, 16, 16, 3], 2) as tf.Tensor5D;
        const middle = tf.reshape(tf.oneHot(tf.tensor1d([8], 'int32'), 17), [1, 17, 1, 1, 1]);
        const changed = tf.add(x, tf.mul(middle, hashedTensor('change', x.shape, 2))) as tf.Tensor5D;
        const differences = tf.max(tf.abs(tf.sub(model.apply(x), model.apply(changed))), 2).dataSync();
        for (const [frame, difference] of differences.entries()) {
          const distance = Math.abs(frame - 8);
          if (distance <= near) expect(difference, `frame ${frame}`).toBeGreaterThan(0);
          if (distance > far) expect(difference, `frame ${frame}`).toBe(0);
        }
      });
      model.dispose();
    }
  });

  it('infers the same from a frozen copy, clip by clip, until a new copy is made', () => {
    const model = goldenBackbone(TINY);
    const frozen = model.inferenceModel();
    expect(frozen.featureSize).toBe(16);
    tf.tidy(() => {
      const x = frames('inference', 3);
      const expected = model.apply(x).dataSync();
      for (const clipsAtOnce of [1, 2, 3]) {
        expect(relativeError(frozen.apply(x, { clipsAtOnce }).dataSync(), expected)).toBeLessThan(1e-6);
      }
      for (const weight of model.weights().values()) {
        weight.assign(tf.mul(weight, 1.5));
      }
      expect(relativeError(frozen.apply(x).dataSync(), expected)).toBeLessThan(1e-6);
      expect(relativeError(model.apply(x).dataSync(), expected)).toBeGreaterThan(0.1);
      const fresh = model.inferenceModel();
      expect(relativeError(fresh.apply(x).dataSync(), model.apply(x).dataSync())).toBeLessThan(1e-6);
      fresh.dispose();
      expect(() => frozen.apply(x, { clipsAtOnce: 0 })).toThrow(
        'InferenceBackbone.apply: clipsAtOnce must be a positive whole number, got 0.',
      );
    });
    frozen.dispose();
    frozen.dispose();
    model.dispose();
  });

  it('leaks no tensors', async () => {
    const before = tf.memory().numTensors;
    const model = new GsmRegNetY({ ...TINY, batchNorm: 'batch' }, { seed: 1 });
    const owned = tf.memory().numTensors;
    expect(owned - before).toBe(model.weights().size);
    const x = frames('leaks');
    const features = model.apply(x);
    const inTraining = model.apply(x, { training: true });
    expect(tf.memory().numTensors).toBe(owned + 3);
    const { value, grads } = tf.variableGrads(() => tf.mean(model.apply(x, { training: true })) as tf.Scalar);
    tf.dispose([features, inTraining, value, grads]);
    await model.measureStatistics([x, x]);
    const frozen = model.inferenceModel();
    frozen.apply(x).dispose();
    frozen.dispose();
    expect(tf.memory().numTensors).toBe(owned + 1);
    x.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => model.apply(tf.zeros([1, 1, 8, 8, 3]))).toThrow(
      'GsmRegNetY: stem.conv.weight must be a weight of a model that is not disposed, got none.',
    );
  });

  it('measures statistics from a sync or async generator that disposes its batches', async () => {
    const measured = await Promise.all(
      [false, true].map(async (later) => {
        const model = goldenBackbone(TINY);
        async function* batches() {
          for (const name of ['first', 'second']) {
            const batch = frames(name);
            await new Promise((resolve) => setTimeout(resolve, later ? 1 : 0));
            yield batch;
            batch.dispose();
          }
        }
        await model.measureStatistics(later ? batches() : [frames('first'), frames('second')]);
        const statistics = values(model.weights()).get('s2.b2.conv1.gsm.bn.running_var')!;
        model.dispose();
        return statistics;
      }),
    );
    expect(measured[0]).toEqual(measured[1]);
    expect(measured[0]!.every((value) => value > 0 && value !== 1)).toBe(true);
  });
});

describe('GsmRegNetY', () => {
  beforeAll(() => useTestEngine('cpu'));

  it('has the names and sizes of the released state dict', () => {
    const model = new GsmRegNetY({}, { seed: 0 });
    const names = [...model.weights()].filter(([, weight]) => weight.trainable).map(([name]) => name);
    const golden = [...readFixture('backbone-gsm', 'regnety-200mf').tensors.keys()];
    const expected = golden.flatMap((name) => (name.startsWith('gradient.') ? [name.slice('gradient.'.length)] : []));
    expect([...names, 'x'].sort()).toEqual(expected.sort());
    expect(model.weights().get('s4.b7.conv1.gsm.conv3D.weight')!.shape).toEqual([2, 46, 3, 3, 3]);
    expect(model.weights().get('s2.b1.se.fc1.weight')!.shape).toEqual([6, 56, 1, 1]);
    expect(model.featureSize).toBe(368);
    expect(model.config).toEqual(REGNETY_200MF);
    model.dispose();
  });

  it('initialises the same weights from the same seed and different ones from another', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => {
      const model = new GsmRegNetY(TINY, { seed });
      const drawn = values(model.weights());
      model.dispose();
      return drawn;
    });
    expect(again).toEqual(first);
    expect(other!.get('stem.conv.weight')).not.toEqual(first!.get('stem.conv.weight'));
  });

  it('initialises convolutions with the deviation of timm, and every block as its shortcut', () => {
    const model = new GsmRegNetY(REGNETY_SMALL, { seed: 3 });
    const weights = values(model.weights());
    const deviation = (name: string) =>
      Math.sqrt(weights.get(name)!.reduce((sum, value) => sum + value * value, 0) / weights.get(name)!.length);
    expect(deviation('s4.b2.conv1.net.conv.weight') / Math.sqrt(2 / 192)).toBeCloseTo(1, 1);
    expect(deviation('s4.b2.conv2.conv.weight') / Math.sqrt((2 * 24) / (9 * 192))).toBeCloseTo(1, 1);
    expect(deviation('s4.b2.se.fc1.weight') / Math.sqrt(2 / 48)).toBeCloseTo(1, 1);
    for (const [name, tensor] of weights) {
      if (!/conv\.weight|fc\d\.weight/.test(name)) {
        const zero = /conv3D|conv3\.bn\.weight|bias|running_mean/.test(name);
        expect(new Set(tensor), name).toEqual(new Set([zero ? 0 : 1]));
      }
    }
    model.dispose();
  });

  it("loads under the released code's prefixes and ignores counters of batches", () => {
    tf.tidy(() => {
      const model = new GsmRegNetY(TINY, { seed: 0 });
      const golden = goldenWeights(model.weights());
      const prefixed = [...golden].map(([name, tensor]) => [`module.base_model._features.${name}`, tensor] as const);
      model.load(Object.fromEntries([...prefixed, ['module.stem.bn.num_batches_tracked', tf.scalar(3)]]));
      expect(values(model.weights())).toEqual(values(golden));
      model.dispose();
    });
  });

  it('reports every tensor that does not fit, and then changes nothing', () => {
    tf.tidy(() => {
      const model = new GsmRegNetY(TINY, { seed: 0 });
      const before = values(model.weights());
      const golden = goldenWeights(model.weights());
      golden.delete('s2.b1.se.fc1.bias');
      golden.delete('stem.bn.running_mean');
      golden.set('stem.conv.weight', tf.zeros([8, 3, 3]));
      golden.set('head.fc.bias', tf.zeros([1000]));
      expect(() => model.load(golden)).toThrow(
        `GsmRegNetY.load: the weights must be the model's ${before.size} tensors, got 2 missing (stem.bn.running_mean, s2.b1.se.fc1.bias); ` +
          '1 extra (head.fc.bias); 1 misshapen (stem.conv.weight must be [8, 3, 3, 3], got [8, 3, 3]).',
      );
      expect(values(model.weights())).toEqual(before);
      model.dispose();
    });
  });

  it('loads the weights of timm, which have no gate shifts, and keeps its own for those', () => {
    tf.tidy(() => {
      const plain = goldenBackbone({ ...TINY, gateShift: false });
      const timm = new Map<string, tf.Tensor>([...plain.weights(), ['head.fc.weight', tf.zeros([1000, 16])]]);
      const model = new GsmRegNetY(TINY, { seed: 5 });
      const before = values(model.weights());
      model.loadTimm(timm);
      for (const [name, got] of values(model.weights())) {
        const expected = name.includes('.gsm.')
          ? before.get(name)
          : [...timm.get(name.replace('.net.', '.'))!.dataSync()];
        expect(got, name).toEqual(expected);
      }
      const other = new GsmRegNetY({ ...TINY, gateShift: false }, { seed: 5 });
      other.loadTimm(timm);
      expect(values(other.weights())).toEqual(values(plain.weights()));
      timm.delete('s1.b1.conv1.bn.weight');
      expect(() => model.loadTimm(timm)).toThrow(
        `GsmRegNetY.loadTimm: the weights must be the model's ${plain.weights().size} tensors, got 1 missing (s1.b1.conv1.net.bn.weight).`,
      );
      for (const owner of [plain, model, other]) {
        owner.dispose();
      }
    });
  });

  it('reports invalid input', async () => {
    const model = new GsmRegNetY({ ...TINY, batchNorm: 'batch' }, { seed: 0 });
    const before = values(model.weights());
    const single = tf.zeros([1, 1, 8, 8, 3]) as tf.Tensor5D;
    expect(() => model.apply(tf.zeros([2, 8, 8, 3]) as unknown as tf.Tensor5D)).toThrow(
      'GsmRegNetY.apply: x must be float32 [batch, time, height, width, 3], got float32 [2, 8, 8, 3].',
    );
    expect(() => model.apply(tf.zeros([1, 2, 8, 8, 3], 'int32'))).toThrow(
      'GsmRegNetY.apply: x must be float32 [batch, time, height, width, 3], got int32 [1, 2, 8, 8, 3].',
    );
    expect(() => model.apply(single, { training: true })).toThrow(
      'GsmRegNetY.apply: expected more than one value per channel in the last stage for batch statistics, got frames [1, 1, 8, 8, 3].',
    );
    await expect(model.measureStatistics([frames('fine'), single])).rejects.toThrow(
      'GsmRegNetY.measureStatistics: expected more than one value per channel in the last stage for batch statistics, got frames [1, 1, 8, 8, 3].',
    );
    await expect(model.measureStatistics([])).rejects.toThrow(
      'GsmRegNetY.measureStatistics: expected at least one batch, got none.',
    );
    expect(values(model.weights())).toEqual(before);
    expect(() => new GsmRegNetY({ widths: [12] }, { seed: 0 })).toThrow(
      'GsmRegNetY: widths must be one or more positive multiples of groupWidth = 8, got [12].',
    );
    model.dispose();
  });
});
