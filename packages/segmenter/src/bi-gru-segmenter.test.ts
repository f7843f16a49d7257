import { ArgumentError, ShapeError, WeightsError } from '@mcore/errors';
import { Random } from '@mcore/random';
import { describeOnEngines } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { BiGruSegmenter } from './index.js';

// computed by goldens/segmenter.py with torch.nn.GRU in float64
const golden = readFixture('segmenter', 'segmenter');
const names = golden.names.filter((name) => name.startsWith('weight.')).map((name) => name.slice('weight.'.length));
const sizes = { inputSize: 6, hiddenSize: 5, dropout: 0.5, transitions: 2 };

function loaded(prefix = ''): BiGruSegmenter {
  const segmenter = new BiGruSegmenter(sizes, { seed: 1 });
  const map = new Map(names.map((name) => [prefix + name, golden.tensor(`weight.${name}`)]));
  segmenter.load(map);
  tf.dispose([...map.values()]);
  return segmenter;
}

describeOnEngines('BiGruSegmenter', ['cpu', 'wasm', 'wasm after registerOps', 'webgpu'], (engine) => {
  it('equals torch.nn.GRU: logits and all gradients within 1e-5 (relative L2)', async () => {
    const segmenter = loaded();
    const [x, cotangent] = [golden.tensor('x') as tf.Tensor3D, golden.tensor('cotangent')];
    const logits = segmenter.apply(x);
    expect(logits.shape).toEqual([3, 11, 2]);
    expect(relativeError(await logits.data(), golden.values('logits'))).toBeLessThan(1e-5);
    const projected = (input: tf.Tensor3D) => tf.sum(tf.mul(segmenter.apply(input), cotangent)) as tf.Scalar;
    const dx = tf.grad((input: tf.Tensor) => projected(input as tf.Tensor3D))(x);
    expect(relativeError(await dx.data(), golden.values('gradient.x'))).toBeLessThan(1e-5);
    const { grads } = tf.variableGrads(() => projected(x));
    for (const [name, variable] of segmenter.weights()) {
      const gradient = await grads[variable.name]!.data();
      expect(relativeError(gradient, golden.values(`gradient.${name}`)), name).toBeLessThan(1e-5);
    }
    expect([...segmenter.weights().keys()].sort()).toEqual(names.sort());
    segmenter.dispose();
  });

  it('keeps no tensor but its logits and gradients, and none after dispose', async () => {
    const x = golden.tensor('x') as tf.Tensor3D;
    const before = tf.memory().numTensors;
    const segmenter = new BiGruSegmenter(sizes, { seed: 1 });
    expect(tf.memory().numTensors).toBe(before + 10);
    segmenter.apply(x, { training: true, random: new Random(1) }).dispose();
    const { value, grads } = tf.variableGrads(() => tf.sum(segmenter.apply(x)) as tf.Scalar);
    expect(tf.memory().numTensors).toBe(before + 10 + 11);
    tf.dispose([value, grads]);
    segmenter.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  if (engine !== 'webgpu')
    it('drops states only in training, and the same ones for the same seed', async () => {
      const segmenter = new BiGruSegmenter(sizes, { seed: 1 });
      const x = golden.tensor('x') as tf.Tensor3D;
      const run = async (seed: number | null) =>
        segmenter.apply(x, seed === null ? {} : { training: true, random: new Random(seed) }).data();
      expect(await run(1)).toEqual(await run(1));
      expect(await run(1)).not.toEqual(await run(2));
      const without = await run(null);
      expect(await segmenter.apply(x, { training: false, random: new Random(1) }).data()).toEqual(without);
      segmenter.dispose();
    });
});

describe('BiGruSegmenter', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it("has the paper's 1,630,978 weights under PyTorch's names", () => {
    const segmenter = new BiGruSegmenter({}, { seed: 1 });
    const weights = segmenter.weights();
    expect([...weights].map(([name, { shape }]) => `${name} ${shape}`)).toEqual([
      '_gru.weight_ih_l0 1104,368',
      '_gru.weight_hh_l0 1104,368',
      '_gru.bias_ih_l0 1104',
      '_gru.bias_hh_l0 1104',
      '_gru.weight_ih_l0_reverse 1104,368',
      '_gru.weight_hh_l0_reverse 1104,368',
      '_gru.bias_ih_l0_reverse 1104',
      '_gru.bias_hh_l0_reverse 1104',
      '_fc_out._fc_out.weight 2,736',
      '_fc_out._fc_out.bias 2',
    ]);
    expect([...weights.values()].reduce((sum, { size }) => sum + size, 0)).toBe(1_630_978);
    segmenter.dispose();
  });

  it('initialises weights from the seed alone, uniformly as PyTorch does (deviation within 1 %)', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => new BiGruSegmenter({ inputSize: 200, hiddenSize: 100 }, { seed }));
    const values = (segmenter: BiGruSegmenter) => segmenter.weights().get('_gru.weight_ih_l0')!.dataSync();
    expect(values(a!)).toEqual(values(b!));
    expect(values(a!)).not.toEqual(values(c!));
    const drawn = Array.from(values(a!));
    expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(0.1);
    const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length);
    expect(Math.abs(deviation / (0.1 / Math.sqrt(3)) - 1)).toBeLessThan(0.01);
    for (const segmenter of [a!, b!, c!]) segmenter.dispose();
  });

  it('accepts the prefixes of released checkpoints', () => {
    const [plain, prefixed] = [loaded(), loaded('module.psnet_model._pred_fine.')];
    for (const [name, variable] of plain.weights()) {
      expect(variable.dataSync()).toEqual(prefixed.weights().get(name)!.dataSync());
    }
    plain.dispose();
    prefixed.dispose();
  });

  it('rejects weights that do not fit and keeps its own', () => {
    const segmenter = new BiGruSegmenter(sizes, { seed: 1 });
    const before = segmenter.weights().get('_gru.bias_ih_l0')!.dataSync().slice();
    const map: Record<string, tf.Tensor> = Object.fromEntries(
      [...segmenter.weights()].map(([name, { shape }]) => [name, tf.zeros(shape)]),
    );
    delete map['_fc_out._fc_out.bias'];
    map['_fc_out._fc_out.weight'] = tf.zeros([3, 10]);
    map.extra = tf.zeros([1]);
    expect(() => segmenter.load(map)).toThrow(
      new WeightsError(
        "BiGruSegmenter.load: the weights must be the model's 10 tensors, got 1 missing (_fc_out._fc_out.bias); 1 extra (extra); 1 misshapen (_fc_out._fc_out.weight must be [2, 10], got [3, 10]).",
      ),
    );
    expect(segmenter.weights().get('_gru.bias_ih_l0')!.dataSync()).toEqual(before);
    segmenter.dispose();
  });

  it('reports what it expected', () => {
    expect(() => new BiGruSegmenter({ hiddenSize: 0 }, { seed: 1 })).toThrow(
      new ArgumentError('BiGruSegmenter: hiddenSize must be a positive whole number, got 0.'),
    );
    expect(() => new BiGruSegmenter({ dropout: 1 }, { seed: 1 })).toThrow(
      new ArgumentError('BiGruSegmenter: dropout must be in [0, 1), got 1.'),
    );
    const segmenter = new BiGruSegmenter(sizes, { seed: 1 });
    expect(() => segmenter.apply(tf.zeros([1, 96, 5]))).toThrow(
      new ShapeError('BiGruSegmenter.apply: features must be [batch, time, 6] and not empty, got [1, 96, 5].'),
    );
    expect(() => segmenter.apply(tf.zeros([1, 96, 6]), { training: true })).toThrow(
      new ArgumentError('BiGruSegmenter.apply: expected random for training with dropout, got none.'),
    );
    segmenter.dispose();
  });
});
