import { because } from '@mcore/testing/skips';
import '@tensorflow/tfjs';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GsmRegNetY } from '@mcore/backbone-gsm';
import { readSafetensors, writeSafetensors } from '@mcore/safetensors';
import { BiGruSegmenter } from '@mcore/segmenter';
import { readFixture } from '@mcore/testing/fixtures';
import { findPython, runPython } from '@mcore/testing/python';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backboneOnnx, regressorOnnx, segmenterOnnx, type WeightTensor } from '../src/index.js';

const { python, missing } = findPython(['onnx', 'onnxruntime', 'safetensors', 'numpy']);
const folder = mkdtempSync(join(tmpdir(), 'mcore-onnx-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Described {
  opset: number;
  inputs: Record<string, (number | string)[]>;
  outputs: Record<string, (number | string)[]>;
  metadata: Record<string, string>;
}

/** Runs a file's bytes in onnxruntime, after onnx checked them. */
async function run(model: Uint8Array, inputs: Record<string, WeightTensor>) {
  const [file, given, results] = ['model.onnx', 'inputs.safetensors', 'outputs.safetensors'].map((name) =>
    join(folder, name),
  );
  writeFileSync(file!, model);
  const tensors = Object.entries(inputs).map(([name, tensor]) => [name, { dtype: 'F32', ...tensor }] as const);
  writeFileSync(given!, writeSafetensors(new Map(tensors)));
  const script = fileURLToPath(new URL('run_onnx.py', import.meta.url));
  const described = JSON.parse(await runPython(python!, [script, file!, given!, results!])) as Described;
  const { tensors: outputs } = readSafetensors(new Uint8Array(readFileSync(results!)));
  return { described, output: (name: string) => outputs.get(name) as WeightTensor };
}

// weights and results of PyTorch in float64, goldens/model.py
const { tensors: small, metadata } = readFixture('model', 'small');
const { tensors: golden } = readFixture('model', 'small-released');
const values = (name: string) => golden.get(name) as WeightTensor;

/** A part's weights under its own names. */
function part(...prefixes: [from: string, to: string][]): Map<string, WeightTensor> {
  return new Map(
    prefixes.flatMap(([from, to]) =>
      [...small].flatMap(([name, tensor]) =>
        name.startsWith(from) ? [[to + name.slice(from.length), tensor as WeightTensor] as const] : [],
      ),
    ),
  );
}

const backbone = part(['base_model._features.', '']);
const segmenter = part(['psnet_model._pred_fine.', '']);
const regressor = part(['decoder.', 'decoder.'], ['regressor_delta.', 'regressor_delta.']);

function normalised(): WeightTensor {
  const { data, shape } = small.get('frames')!;
  const [mean, deviation] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ];
  const channel = (value: number, index: number) => (value / 255 - mean[index % 3]!) / deviation[index % 3]!;
  return { shape, data: Float32Array.from(data as Uint8Array, channel) };
}

function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  const norm = (values: number[]) => Math.hypot(...values);
  return norm(Array.from(expected, (value, index) => value - got[index]!)) / norm(Array.from(expected));
}

function random(name: number, ...shape: number[]): WeightTensor {
  const tensor = tf.randomNormal(shape, 0, 1, 'float32', name);
  const data = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return { shape, data };
}

describe.skipIf(missing !== null)(`onnxruntime${because(missing)}`, () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('runs the backbone to the numbers of PyTorch, within 1e-5 (relative L2)', async () => {
    const { described, output } = await run(backboneOnnx(backbone, { metadata: { trained_on: 'noise' } }), {
      frames: normalised(),
    });
    expect(described).toEqual({
      opset: 17,
      inputs: { frames: ['batch', 'time', 'height', 'width', 3] },
      outputs: { features: ['batch', 'time', 32] },
      metadata: { trained_on: 'noise' },
    });
    expect(output('features').shape).toEqual(values('features').shape);
    expect(relativeError(output('features').data, values('features').data)).toBeLessThan(1e-5);
  });

  it('runs the segmenter to the numbers of PyTorch, within 1e-5', async () => {
    const { described, output } = await run(segmenterOnnx(segmenter), { features: values('features') });
    expect(described.inputs).toEqual({ features: ['batch', 'time', 32] });
    expect(described.outputs).toEqual({ logits: ['batch', 'time', 2] });
    expect(relativeError(output('logits').data, values('logits').data)).toBeLessThan(1e-5);
  });

  it('runs the regressor to the numbers of PyTorch, within 1e-5, one query against many exemplars too', async () => {
    const { heads } = JSON.parse(metadata.sizes!) as { heads: number };
    const model = regressorOnnx(regressor, { heads });
    const stages = values('stages');
    const half = stages.data.length / 2;
    const shape = [3, 3, 5, 32];
    const [query, exemplar] = [stages.data.slice(0, half), stages.data.slice(half)];
    const pairs = await run(model, { query: { shape, data: query }, exemplar: { shape, data: exemplar } });
    expect(pairs.described.outputs).toEqual({ relative_score: ['batch'], stage_scores: ['batch', 'stages'] });
    expect(relativeError(pairs.output('relative_score').data, values('relativeScore').data)).toBeLessThan(1e-5);
    expect(relativeError(pairs.output('stage_scores').data, values('stageDeltas').data)).toBeLessThan(1e-5);
    const first = { shape: [1, 3, 5, 32], data: query.slice(0, query.length / 3) };
    const many = await run(model, { query: first, exemplar: { shape, data: exemplar } });
    expect(many.output('relative_score').shape).toEqual([3]);
    expect(many.output('relative_score').data[0]).toBeCloseTo(values('relativeScore').data[0]!, 5);
  });

  it('runs other batches, lengths and sizes as this project does, without gate shifts too, within 1e-5', async () => {
    const sizes = { stemWidth: 8, widths: [8, 16, 24, 32], depths: [1, 1, 2, 1] };
    for (const gateShift of [true, false]) {
      const model = new GsmRegNetY({ ...sizes, gateShift }, { seed: 1 });
      const weights = new Map(
        [...model.weights()].map(([name, { shape }], index) => {
          const noise = random(index + 1, ...shape);
          // variances must be positive
          const data = name.endsWith('running_var')
            ? noise.data.map((value) => 1 + value * value)
            : noise.data.map((value) => value / 3);
          return [name, { shape, data }] as const;
        }),
      );
      tf.tidy(() =>
        model.load(new Map([...weights].map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]))),
      );
      const file = backboneOnnx(weights);
      for (const shape of [
        [1, 1, 17, 9, 3],
        [3, 5, 12, 30, 3],
      ] as const) {
        const frames = random(99, ...shape);
        const { output } = await run(file, { frames });
        const features = model.apply(tf.tensor5d(frames.data, [...shape]));
        expect(relativeError(output('features').data, features.dataSync()), `${shape}`).toBeLessThan(1e-5);
        features.dispose();
      }
      model.dispose();
    }
    const gru = new BiGruSegmenter({ inputSize: 6, hiddenSize: 5, transitions: 3 }, { seed: 1 });
    const weights = new Map(
      [...gru.weights()].map(([name, v]) => [name, { shape: v.shape, data: v.dataSync() as Float32Array }]),
    );
    const features = random(7, 2, 1, 6);
    const { output } = await run(segmenterOnnx(weights), { features });
    const logits = gru.apply(tf.tensor3d(features.data, [2, 1, 6]));
    expect(output('logits').shape).toEqual([2, 1, 3]);
    expect(relativeError(output('logits').data, logits.dataSync())).toBeLessThan(1e-5);
    gru.dispose();
  });
});
