import { because } from '@mcore/testing/skips';
import '@tensorflow/tfjs';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeCheckpoint, exportWeights, MCoRe, presetConfig, toHalfPrecision } from '@mcore/model';
import { readSafetensors } from '@mcore/safetensors';
import { findPython, runPython } from '@mcore/testing/python';
import { runMcore } from '@mcore/testing/run-mcore';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const { python, missing } = findPython(['torch', 'timm', 'safetensors', 'onnx', 'onnxruntime', 'numpy']);
const folder = mkdtempSync(join(tmpdir(), 'mcore-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A small model of the released design, its statistics no longer 0 and 1. */
async function smallCheckpoint(): Promise<Uint8Array> {
  await tf.setBackend('cpu');
  const config = presetConfig('released');
  config.backbone = { ...config.backbone, stemWidth: 8, widths: [8, 16, 24, 32], depths: [1, 1, 2, 1] };
  config.segmenter.hiddenSize = 12;
  config.regressor = { blocks: 2, heads: 4, mlpRatio: 2, hidden: [12, 6] };
  const model = new MCoRe(config, { seed: 1 });
  await model.backbone.measureStatistics([tf.randomNormal([2, 4, 24, 24, 3], 0, 1, 'float32', 1)]);
  for (const [name, variable] of model.weights()) {
    if (name.includes('.gsm.conv3D.')) variable.assign(tf.randomNormal(variable.shape, 0, 0.3, 'float32', 2));
  }
  const tensors = await exportWeights(model);
  model.dispose();
  const info = { config, labelRange: { min: 20, max: 100 }, trainedOn: 'noise', seed: 1, step: 0 };
  return encodeCheckpoint({ info, tensors, optimiser: new Map() });
}

describe('mcore export', () => {
  beforeAll(async () => writeFileSync(join(folder, 'small.safetensors'), await smallCheckpoint()), 120_000);

  const mcoreExport = (...args: string[]) => runMcore(['export', '--weights', 'small.safetensors', ...args], folder);

  it('writes one file with the whole model, or a folder with one for each network', async () => {
    const whole = await mcoreExport('--out', 'whole.safetensors', '--json');
    expect(whole.status).toBe(0);
    const bytes = readFileSync(join(folder, 'whole.safetensors'));
    expect(JSON.parse(whole.stdout)).toEqual({
      format: 'safetensors',
      files: [{ path: 'whole.safetensors', network: 'whole model', bytes: bytes.length }],
    });
    const { tensors, metadata } = readSafetensors(bytes);
    expect(metadata).toMatchObject({ format: 'pt', preset: 'released', trained_on: 'noise' });
    const parts = await mcoreExport('--out', 'networks');
    expect(parts.status).toBe(0);
    expect(parts.stdout).toMatch(/^base_model: networks\/base_model\.safetensors \(\d\.\d MB\)\n/);
    const names = readdirSync(join(folder, 'networks')).flatMap((file) => {
      const part = readSafetensors(readFileSync(join(folder, 'networks', file)));
      return [...part.tensors.keys()].map((name) => `${file.replace('.safetensors', '')}.${name}`);
    });
    expect(names.sort()).toEqual([...tensors.keys()].sort());
    expect(names).toContain('base_model._features.s1.b1.conv1.gsm.bn.num_batches_tracked');
  });

  it('can be imported again, bit-exact', async () => {
    // mcore import takes full sizes alone; the import of these files is the library's
    const { importReleased } = await import('@mcore/model');
    const original = readSafetensors(readFileSync(join(folder, 'small.safetensors')));
    const config = JSON.parse(original.metadata.config!) as ReturnType<typeof presetConfig>;
    const imported = await importReleased(readFileSync(join(folder, 'whole.safetensors')), { config });
    expect(imported.tensors).toEqual(original.tensors);
  });

  it('writes three ONNX files, and three named after a file', async () => {
    expect((await mcoreExport('--out', 'onnx', '--format', 'onnx')).status).toBe(0);
    expect(readdirSync(join(folder, 'onnx')).sort()).toEqual(['backbone.onnx', 'regressor.onnx', 'segmenter.onnx']);
    const { stdout } = await mcoreExport('--out', 'model.onnx', '--format', 'onnx', '--json');
    const { files } = JSON.parse(stdout) as { files: { path: string }[] };
    expect(files.map(({ path }) => path)).toEqual([
      'model.backbone.onnx',
      'model.segmenter.onnx',
      'model.regressor.onnx',
    ]);
    const [one, other] = ['onnx/backbone.onnx', 'model.backbone.onnx'].map((path) => readFileSync(join(folder, path)));
    expect(one!.equals(other!)).toBe(true);
  });

  it('takes weights in half precision', async () => {
    const { tensors, metadata } = readSafetensors(readFileSync(join(folder, 'small.safetensors')));
    const info = {
      config: JSON.parse(metadata.config!) as ReturnType<typeof presetConfig>,
      labelRange: { min: 20, max: 100 },
      trainedOn: 'noise',
      seed: 1,
      step: 0,
    };
    const half = encodeCheckpoint({ info, tensors: toHalfPrecision(tensors), optimiser: new Map() });
    writeFileSync(join(folder, 'half.safetensors'), half);
    expect(
      (await runMcore(['export', '--weights', 'half.safetensors', '--out', 'wide.safetensors'], folder)).status,
    ).toBe(0);
    const wide = readSafetensors(readFileSync(join(folder, 'wide.safetensors')));
    expect(wide.tensors.get('decoder.model.0.norm_q.weight')!.dtype).toBe('F32');
  });

  it('ends with 1 where there is no checkpoint, with 2 on wrong usage', async () => {
    writeFileSync(join(folder, 'text.safetensors'), 'not a checkpoint');
    const broken = await runMcore(['export', '--weights', 'text.safetensors', '--out', 'never'], folder);
    expect(broken).toMatchObject({ status: 1, stdout: '' });
    expect(readdirSync(folder)).not.toContain('never');
    expect((await mcoreExport('--out', 'x', '--format', 'tflite')).status).toBe(2);
    expect((await mcoreExport()).status).toBe(2);
  });

  it.skipIf(missing !== null)(
    `is taken by load_state_dict(strict=True) and run by onnxruntime to PyTorch's numbers within 1e-5${because(missing)}`,
    async () => {
      renameSync(join(folder, 'whole.safetensors'), join(folder, 'networks', 'whole.safetensors'));
      await mcoreExport('--out', 'networks', '--format', 'onnx');
      const script = fileURLToPath(new URL('../../../goldens/check_exports.py', import.meta.url));
      const distances = JSON.parse(await runPython(python!, [script, join(folder, 'networks')])) as Record<
        string,
        number
      >;
      expect(Object.keys(distances).sort()).toEqual(['features', 'logits', 'relative_score', 'stage_scores']);
      for (const [name, distance] of Object.entries(distances)) expect(distance, name).toBeLessThan(1e-5);
    },
  );
});
