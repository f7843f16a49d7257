import { DataError, WeightsError } from '@mcore/errors';
import { float32ToFloat16, type SafeTensor, toFloat32, writeSafetensors } from '@mcore/safetensors';
import { readFixture } from '@mcore/testing/fixtures';
import { configOfSizes } from '@mcore/testing/golden-model';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CheckpointInfo,
  decodeCheckpoint,
  encodeCheckpoint,
  exportWeights,
  MCoRe,
  modelFromCheckpoint,
  toHalfPrecision,
  weightsId,
} from './index.js';

const config = configOfSizes(readFixture('model', 'released').metadata, 'released');
const info: CheckpointInfo = {
  config,
  labelRange: { min: 21.6, max: 102.6 },
  trainedOn: 'rendered dives',
  seed: 'seven',
  step: 150,
  calibration: { level: 0.9, halfWidth: 8.25, clips: 80 },
  notes: { totalSteps: 300 },
};

async function checkpoint() {
  const model = new MCoRe(config, { seed: 3 });
  const tensors = await exportWeights(model);
  model.dispose();
  const mean: SafeTensor = { dtype: 'F32', shape: [2], data: Float32Array.of(0.5, -1) };
  return { info, tensors, optimiser: new Map([['mean', mean]]) };
}

/** The bytes of a checkpoint with changed metadata; `undefined` removes a key. */
async function tampered(changes: Record<string, string | undefined>): Promise<Uint8Array> {
  const metadata: Record<string, string> = {
    format: 'mcore checkpoint 1',
    preset: 'released',
    config: JSON.stringify(config),
    label_range: JSON.stringify(info.labelRange),
    training: JSON.stringify({ trainedOn: 'x', seed: 0, step: 0 }),
  };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete metadata[key];
    else metadata[key] = value;
  }
  return writeSafetensors(new Map(), metadata);
}

describe('checkpoints', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('round-trip through bytes, including calibration, notes and optimizer state', async () => {
    const saved = await checkpoint();
    const bytes = encodeCheckpoint(saved);
    const back = decodeCheckpoint(bytes);
    expect(back.info).toEqual(info);
    expect([...back.tensors.keys()].sort()).toEqual([...saved.tensors.keys()].sort());
    for (const [name, tensor] of saved.tensors) expect(back.tensors.get(name), name).toEqual(tensor);
    expect(back.optimiser).toEqual(saved.optimiser);
    expect(encodeCheckpoint(back)).toEqual(bytes);
  });

  it('without regression and stagewise (older files) get the defaults of that time', async () => {
    const { regression, stagewise, ...before } = info.config;
    expect([regression, stagewise]).toEqual(['exemplars', true]);
    const old = await tampered({ config: JSON.stringify(before) });
    expect(decodeCheckpoint(old).info.config).toEqual(info.config);
  });

  it('need neither calibration nor notes', async () => {
    const { calibration, notes, ...bare } = info;
    const back = decodeCheckpoint(encodeCheckpoint({ ...(await checkpoint()), info: bare }));
    expect(back.info).toEqual(bare);
  });

  it('make a model that computes the same, and leak no tensor', async () => {
    const before = tf.memory().numTensors;
    const first = new MCoRe(config, { seed: 3 });
    const second = modelFromCheckpoint(decodeCheckpoint(encodeCheckpoint(await checkpoint())));
    const frames = tf.randomUniform([1, 4, 16, 16, 3], 0, 255, 'float32', 1) as tf.Tensor5D;
    const [one, other] = [first, second].map((model) => model.features(frames));
    expect(one!.dataSync()).toEqual(other!.dataSync());
    tf.dispose([frames, one!, other!]);
    first.dispose();
    second.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('halve in size in half precision, every value rounded to nearest', async () => {
    const saved = await checkpoint();
    const half = { ...saved, tensors: toHalfPrecision(saved.tensors), optimiser: new Map<string, SafeTensor>() };
    const back = decodeCheckpoint(encodeCheckpoint(half));
    const name = 'decoder.model.0.mlp.fc1.weight';
    const original = toFloat32(saved.tensors.get(name)!);
    expect(back.tensors.get(name)!.dtype).toBe('F16');
    expect(back.tensors.get(name)!.data).toEqual(float32ToFloat16(original));
    const model = modelFromCheckpoint(back);
    const loaded = model.weights().get(name)!.dataSync();
    original.forEach((value, index) => {
      expect(Math.abs(loaded[index]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 2 ** -25);
    });
    model.dispose();
  });

  it('have an id that depends on names and values, not on order or precision', async () => {
    const { tensors } = await checkpoint();
    const id = await weightsId(tensors);
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(await weightsId(new Map([...tensors].reverse()))).toBe(id);
    const half = toHalfPrecision(tensors);
    const widened = new Map(
      [...half].map(([name, tensor]): [string, SafeTensor] => [
        name,
        { dtype: 'F32', shape: tensor.shape, data: toFloat32(tensor) },
      ]),
    );
    expect(await weightsId(half)).toBe(await weightsId(widened));
    const changed = new Map(tensors);
    const [name, tensor] = [...tensors][0]!;
    changed.set(name, { ...tensor, data: (tensor.data as Float32Array).map((value) => value + 1e-6) } as SafeTensor);
    expect(await weightsId(changed)).not.toBe(id);
  });

  it('that are hostile are rejected with the problem, before any allocation', async () => {
    const of = (change: (copy: typeof config) => unknown) => {
      const copy = structuredClone(config);
      change(copy);
      return JSON.stringify(copy);
    };
    const refused: [Record<string, string | undefined>, string][] = [
      [{ format: 'pt' }, 'expected dive.safetensors to be of format "mcore checkpoint 1", got "pt".'],
      [
        { format: undefined },
        'expected dive.safetensors to be of format "mcore checkpoint 1", got "no format in its metadata".',
      ],
      [{ config: undefined }, 'expected JSON as "config" in the metadata of dive.safetensors, got none.'],
      [
        { config: '{"preset":' },
        'expected JSON as "config" in the metadata of dive.safetensors, got "{\\"preset\\":".',
      ],
      [{ config: '[]' }, 'in the metadata of dive.safetensors, config must be an object, got [].'],
      [
        { config: of((copy) => Object.assign(copy, { preset: '__proto__' })) },
        'in the metadata of dive.safetensors, config.preset must be one of paper, released, laptop, got "__proto__".',
      ],
      [
        { config: of((copy) => Object.assign(copy, { backbone: null })) },
        'in the metadata of dive.safetensors, config.backbone must be an object, got null.',
      ],
      [
        { config: of((copy) => Object.assign(copy.backbone, { widths: [8, 8, 8, 1e9] })) },
        'in the metadata of dive.safetensors, config.backbone.widths[3] must be a whole number in 1 .. 16384, got 1000000000.',
      ],
      [
        { config: of((copy) => Object.assign(copy.regressor, { hidden: 'ab' })) },
        'in the metadata of dive.safetensors, config.regressor.hidden must be a list of 0 to 64, got "ab".',
      ],
      [
        { config: of((copy) => Object.assign(copy.loss.contrastive, { temperature: 0 })) },
        'in the metadata of dive.safetensors, config.loss.contrastive.temperature must be a number above 0 and at most 1000000, got 0.',
      ],
      [
        { config: of((copy) => Reflect.deleteProperty(copy.optimiser, 'gradientNorm')) },
        'in the metadata of dive.safetensors, config.optimiser.gradientNorm must be null or a number above 0, got undefined.',
      ],
      [
        { label_range: '{"min":0}' },
        'in the metadata of dive.safetensors, label_range.max must be a number in -1000000000 .. 1000000000, got undefined.',
      ],
      [
        { training: '{"trainedOn":"x","seed":null,"step":0}' },
        'in the metadata of dive.safetensors, training.seed must be a number or text, got null.',
      ],
      [
        { training: '{"trainedOn":"x","seed":0,"step":-1}' },
        'in the metadata of dive.safetensors, training.step must be a whole number of at least 0, got -1.',
      ],
      [
        { calibration: '{"level":2,"halfWidth":1,"clips":3}' },
        'in the metadata of dive.safetensors, calibration.level must be a number in 0 .. 1, got 2.',
      ],
      [{ notes: 'null' }, 'in the metadata of dive.safetensors, notes must be an object, got null.'],
    ];
    for (const [changes, message] of refused) {
      const bytes = await tampered(changes);
      expect(() => decodeCheckpoint(bytes, 'dive.safetensors')).toThrow(new DataError(`decodeCheckpoint: ${message}`));
    }
  });

  it('with sizes beyond their tensors are rejected before allocation', async () => {
    const before = tf.memory().numTensors;
    const huge = { ...config, segmenter: { hiddenSize: 16_384, dropout: 0 } };
    const { info: decoded, tensors } = decodeCheckpoint(await tampered({ config: JSON.stringify(huge) }));
    expect(() => modelFromCheckpoint({ info: decoded, tensors })).toThrow(
      new WeightsError(
        'modelFromCheckpoint: expected the 1611665828 parameters of the configuration, got tensors with 0 numbers.',
      ),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('with tensors that are not floating-point are rejected', () => {
    const counter: SafeTensor = { dtype: 'I64', shape: [], data: BigInt64Array.of(1n) };
    const bytes = writeSafetensors(new Map([['bn.num_batches_tracked', counter]]), { format: 'mcore checkpoint 1' });
    expect(() => decodeCheckpoint(bytes)).toThrow(
      new DataError(
        'decodeCheckpoint: expected floating-point tensors in the file, got bn.num_batches_tracked of I64.',
      ),
    );
  });

  it('that lack a tensor report it and leak no model', async () => {
    const saved = await checkpoint();
    saved.tensors.delete('regressor_delta.layer3.bias');
    saved.tensors.set('other', { dtype: 'F32', shape: [1], data: new Float32Array(1) });
    const before = tf.memory().numTensors;
    expect(() => modelFromCheckpoint(saved)).toThrow(
      new WeightsError(
        "MCoRe.load: the weights must be the model's 156 tensors, got 1 missing (regressor_delta.layer3.bias); 1 extra (other).",
      ),
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
