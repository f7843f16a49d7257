import { readFileSync } from 'node:fs';
import { ArgumentError, ShapeError, WeightsError } from '@mcore/errors';
import { describeOnEngines } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ContrastiveRegressor } from './index.js';

// computed by goldens/contrastive-regressor.py with torch.nn.functional in float64
const golden = readFixture('contrastive-regressor', 'small');
const names = golden.names.filter((name) => name.startsWith('weight.')).map((name) => name.slice('weight.'.length));
const sizes = { featureSize: 12, blocks: 2, heads: 3, mlpRatio: 2, hidden: [7, 5] };
const released = JSON.parse(readFileSync(new URL('__fixtures__/released-sizes.json', import.meta.url), 'utf8')) as {
  order: string[];
  stageDeltas: number[][];
};

function loaded(rename: (name: string) => string = (name) => name): ContrastiveRegressor {
  const regressor = new ContrastiveRegressor(sizes, { seed: 1 });
  const map = new Map(names.map((name) => [rename(name), golden.tensor(`weight.${name}`)]));
  regressor.load(map);
  tf.dispose([...map.values()]);
  return regressor;
}

/** As in the golden script: amplitude * sin(phase + 1.7 i + 0.3 sqrt(i)). */
function wave(shape: number[], phase: number, amplitude: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = amplitude * Math.sin(phase + 1.7 * i + 0.3 * Math.sqrt(i));
  return tf.tensor(values, shape);
}

describeOnEngines('ContrastiveRegressor', ['cpu', 'wasm', 'wasm after registerOps', 'webgpu'], (engine) => {
  const query = () => golden.tensor('query') as tf.Tensor4D;
  const exemplar = () => golden.tensor('exemplar') as tf.Tensor4D;

  it('equals PyTorch: stage deltas and all gradients within 1e-5 (relative L2)', async () => {
    const regressor = loaded();
    const cotangent = golden.tensor('cotangent');
    const deltas = regressor.applyPerStage(query(), exemplar());
    expect(deltas.shape).toEqual([2, 3]);
    expect(relativeError(await deltas.data(), golden.values('stageDeltas'))).toBeLessThan(1e-5);
    const projected = (q: tf.Tensor, e: tf.Tensor) =>
      tf.sum(tf.mul(regressor.applyPerStage(q as tf.Tensor4D, e as tf.Tensor4D), cotangent)) as tf.Scalar;
    const [dq, de] = tf.grads(projected)([query(), exemplar()]);
    expect(relativeError(await dq!.data(), golden.values('gradient.query'))).toBeLessThan(1e-5);
    expect(relativeError(await de!.data(), golden.values('gradient.exemplar'))).toBeLessThan(1e-5);
    const { grads } = tf.variableGrads(() => projected(query(), exemplar()));
    for (const [name, variable] of regressor.weights()) {
      const gradient = await grads[variable.name]!.data();
      expect(relativeError(gradient, golden.values(`gradient.${name}`)), name).toBeLessThan(1e-5);
    }
    expect([...regressor.weights().keys()].sort()).toEqual([...names].sort());
    regressor.dispose();
  });

  if (engine !== 'webgpu')
    it('equals PyTorch at the released sizes within 1e-5 (relative L2)', async () => {
      const regressor = new ContrastiveRegressor({}, { seed: 1 });
      const map = new Map(
        released.order.map((name, number) => {
          const { shape } = regressor.weights().get(name)!;
          return [name, wave(shape, number, shape.length > 1 ? 2 / Math.sqrt(shape.at(-1)!) : 0.5)];
        }),
      );
      regressor.load(map);
      const [q, e] = [100, 200].map((phase) => wave([2, 3, 5, 368], phase, 1)) as [tf.Tensor4D, tf.Tensor4D];
      const deltas = await regressor.applyPerStage(q, e).data();
      expect(relativeError(deltas, released.stageDeltas.flat())).toBeLessThan(1e-5);
      tf.dispose([...map.values(), q, e]);
      regressor.dispose();
    });

  it('returns the mean over stages, and compares one query with many exemplars as if it were repeated (1e-6)', async () => {
    const regressor = loaded();
    const whole = await regressor.apply(query(), exemplar()).data();
    const stages = golden.values('stageDeltas');
    const means = [0, 1].map((clip) => (stages[3 * clip]! + stages[3 * clip + 1]! + stages[3 * clip + 2]!) / 3);
    expect(relativeError(whole, means)).toBeLessThan(1e-5);
    const first = tf.slice(query(), [0, 0, 0, 0], [1, 3, 4, 12]) as tf.Tensor4D;
    const shared = await regressor.apply(first, exemplar()).data();
    const repeated = await regressor.apply(tf.concat([first, first]) as tf.Tensor4D, exemplar()).data();
    expect(relativeError(shared, repeated)).toBeLessThan(1e-6);
    const gradient = (q: tf.Tensor) => tf.sum(regressor.apply(q as tf.Tensor4D, exemplar()));
    const ofShared = tf.grad(gradient)(first);
    const ofRepeated = tf.sum(tf.grad(gradient)(tf.concat([first, first])), 0, true);
    expect(relativeError(await ofShared.data(), await ofRepeated.data())).toBeLessThan(1e-5);
    regressor.dispose();
  });

  it('attends to any number of exemplar steps: repeating them changes nothing (1e-5)', async () => {
    const regressor = loaded();
    const doubled = tf.concat([exemplar(), exemplar()], 2) as tf.Tensor4D;
    const deltas = await regressor.applyPerStage(query(), doubled).data();
    expect(relativeError(deltas, golden.values('stageDeltas'))).toBeLessThan(1e-5);
    regressor.dispose();
  });

  it('regresses differences (eq. 9) to stage deltas (eq. 10), bit-exact', async () => {
    const regressor = loaded();
    const differences = regressor.differences(query(), exemplar());
    expect(differences.shape).toEqual([2, 3, 4, 12]);
    const deltas = await regressor.regress(differences).data();
    expect(deltas).toEqual(await regressor.applyPerStage(query(), exemplar()).data());
    // the differences of a stage come from that stage alone
    const stage = (x: tf.Tensor4D) => tf.slice(x, [0, 1, 0, 0], [2, 1, 4, 12]);
    const alone = await regressor.differences(stage(query()), stage(exemplar())).data();
    expect(relativeError(await stage(differences).data(), alone)).toBeLessThan(1e-6);
    regressor.dispose();
  });

  it('compares each stage with the same stage only', async () => {
    const regressor = loaded();
    const swap = (x: tf.Tensor4D) => tf.reverse(x, 1) as tf.Tensor4D;
    const deltas = await regressor.applyPerStage(query(), exemplar()).array();
    const swapped = await regressor.applyPerStage(swap(query()), swap(exemplar())).array();
    expect(
      relativeError(
        swapped.flatMap((row) => row.reverse()),
        deltas.flat(),
      ),
    ).toBeLessThan(1e-6);
    regressor.dispose();
  });

  it('keeps no tensor but its result and gradients, and none after dispose', () => {
    const [q, e] = [query(), exemplar()];
    const before = tf.memory().numTensors;
    const regressor = new ContrastiveRegressor(sizes, { seed: 1 });
    const weights = regressor.weights().size;
    expect(tf.memory().numTensors).toBe(before + weights);
    tf.dispose([regressor.apply(q, e), regressor.applyPerStage(q, e)]);
    expect(tf.memory().numTensors).toBe(before + weights);
    const { value, grads } = tf.variableGrads(() => tf.sum(regressor.apply(q, e)) as tf.Scalar);
    expect(tf.memory().numTensors).toBe(before + 2 * weights + 1);
    tf.dispose([value, grads]);
    regressor.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('ContrastiveRegressor', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('has 4,888,512 weights in its blocks and 110,977 in its MLP, under the released names', () => {
    const regressor = new ContrastiveRegressor({}, { seed: 1 });
    const weights = [...regressor.weights()];
    const count = (prefix: string) =>
      weights.reduce((sum, [name, { size }]) => sum + (name.startsWith(prefix) ? size : 0), 0);
    expect([count('decoder.'), count('regressor_delta.')]).toEqual([4_888_512, 110_977]);
    expect(
      weights
        .filter(([name]) => /^(decoder\.model\.2|regressor)/.test(name))
        .map(([name, { shape }]) => `${name} ${shape}`),
    ).toEqual([
      'decoder.model.2.norm_q.weight 368',
      'decoder.model.2.norm_q.bias 368',
      'decoder.model.2.norm_v.weight 368',
      'decoder.model.2.norm_v.bias 368',
      'decoder.model.2.attn.q_map.weight 368,368',
      'decoder.model.2.attn.k_map.weight 368,368',
      'decoder.model.2.attn.v_map.weight 368,368',
      'decoder.model.2.attn.proj.weight 368,368',
      'decoder.model.2.attn.proj.bias 368',
      'decoder.model.2.norm2.weight 368',
      'decoder.model.2.norm2.bias 368',
      'decoder.model.2.mlp.fc1.weight 1472,368',
      'decoder.model.2.mlp.fc1.bias 1472',
      'decoder.model.2.mlp.fc2.weight 368,1472',
      'decoder.model.2.mlp.fc2.bias 368',
      'regressor_delta.layer1.weight 256,368',
      'regressor_delta.layer1.bias 256',
      'regressor_delta.layer2.weight 64,256',
      'regressor_delta.layer2.bias 64',
      'regressor_delta.layer3.weight 1,64',
      'regressor_delta.layer3.bias 1',
    ]);
    regressor.dispose();
  });

  it('initialises weights from the seed alone', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => {
      const regressor = new ContrastiveRegressor(sizes, { seed });
      const values = regressor.weights().get('decoder.model.1.mlp.fc1.weight')!.dataSync().slice();
      regressor.dispose();
      return values;
    });
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(a!.every((value) => Math.abs(value) <= 1 / Math.sqrt(12))).toBe(true);
  });

  it.each([
    ['in front', (name: string) => `module.${name}`],
    ['after the network', (name: string) => name.replace('.', '.module.')],
  ])("accepts DataParallel's prefix %s", (_, rename) => {
    const [plain, prefixed] = [loaded(), loaded(rename)];
    for (const [name, variable] of plain.weights()) {
      expect(variable.dataSync()).toEqual(prefixed.weights().get(name)!.dataSync());
    }
    plain.dispose();
    prefixed.dispose();
  });

  it('rejects weights that do not fit and keeps its own', () => {
    const regressor = new ContrastiveRegressor({ ...sizes, blocks: 1, hidden: [] }, { seed: 1 });
    const map: Record<string, tf.Tensor> = Object.fromEntries(
      [...regressor.weights()].map(([name, { shape }]) => [name, tf.zeros(shape)]),
    );
    delete map['decoder.model.0.norm_v.bias'];
    map['regressor_delta.layer1.weight'] = tf.zeros([12, 1]);
    expect(() => regressor.load(map)).toThrow(
      new WeightsError(
        "ContrastiveRegressor.load: the weights must be the model's 17 tensors, got 1 missing (decoder.model.0.norm_v.bias); 1 misshapen (regressor_delta.layer1.weight must be [1, 12], got [12, 1]).",
      ),
    );
    expect(regressor.weights().get('decoder.model.0.norm_q.weight')!.dataSync()).toEqual(new Float32Array(12).fill(1));
    regressor.dispose();
  });

  it.each([
    [{ blocks: 0 }, 'blocks must be a positive whole number, got 0.'],
    [{ heads: 7 }, 'heads must divide featureSize = 368, got 7.'],
    [{ mlpRatio: 0 }, 'mlpRatio must give at least one hidden unit, got 0.'],
    [{ hidden: [256, 0.5] }, 'hidden must be positive whole numbers, got [256, 0.5].'],
  ])('rejects the sizes %j', (config, message) => {
    expect(() => new ContrastiveRegressor(config, { seed: 1 })).toThrow(
      new ArgumentError(`ContrastiveRegressor: ${message}`),
    );
  });

  it('reports the shapes it expected', () => {
    const regressor = new ContrastiveRegressor(sizes, { seed: 1 });
    const features = (...shape: [number, number, number, number]) => tf.zeros<tf.Rank.R4>(shape);
    expect(() => regressor.apply(features(2, 3, 4, 12), features(2, 3, 4, 11))).toThrow(
      new ShapeError(
        'ContrastiveRegressor.apply: exemplar must be [batch, stages, steps, 12] and not empty, got [2, 3, 4, 11].',
      ),
    );
    expect(() => regressor.differences(features(2, 3, 4, 12), features(2, 2, 4, 12))).toThrow(
      new ShapeError(
        'ContrastiveRegressor.differences: query must be [batch, stages, steps, 12] = [2, 2, 4, 12] like exemplar, or a batch of 1, got [2, 3, 4, 12].',
      ),
    );
    expect(() => regressor.regress(features(2, 3, 4, 11))).toThrow(
      new ShapeError(
        'ContrastiveRegressor.regress: differences must be [batch, stages, steps, 12] and not empty, got [2, 3, 4, 11].',
      ),
    );
    expect(() => regressor.applyPerStage(features(2, 3, 4, 12), features(3, 3, 4, 12))).toThrow(
      new ShapeError(
        'ContrastiveRegressor.applyPerStage: query must be [batch, stages, steps, 12] = [3, 3, 4, 12] like exemplar, or a batch of 1, got [2, 3, 4, 12].',
      ),
    );
    regressor.dispose();
  });
});
