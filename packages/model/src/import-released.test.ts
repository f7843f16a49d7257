import { DataError, WeightsError } from '@mcore/errors';
import { readSafetensors, type SafeTensor, writeSafetensors } from '@mcore/safetensors';
import { fixtureBytes, readFixture } from '@mcore/testing/fixtures';
import { configOfSizes } from '@mcore/testing/golden-model';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { importReleased, presetConfig } from './index.js';

// weights of PyTorch networks under the released names, as goldens/model.py saved them in every format
const golden = readFixture('model', 'released');
const config = configOfSizes(golden.metadata, 'released');

/** A state dict as a safetensors file with changes; `null` removes a tensor. */
function stateDict(changes: Record<string, SafeTensor | null> = {}): Uint8Array {
  const tensors = new Map(golden.tensors);
  for (const [name, tensor] of Object.entries(changes)) {
    if (tensor === null) tensors.delete(name);
    else tensors.set(name, tensor);
  }
  return writeSafetensors(tensors);
}

const floats = (...shape: number[]): SafeTensor => ({
  dtype: 'F32',
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

describe('importReleased', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it.each(['released-zip.pth', 'released-legacy.pth'])(
    'imports every weight of a released checkpoint: %s',
    async (file) => {
      const before = tf.memory().numTensors;
      const imported = await importReleased(fixtureBytes('model', file), { config });
      expect(tf.memory().numTensors).toBe(before);
      expect(imported.kind).toBe('released checkpoint');
      expect(imported.config).toBe(config);
      expect([...imported.tensors.keys()].sort()).toEqual([...golden.tensors.keys()].sort());
      for (const [name, tensor] of golden.tensors) expect(imported.tensors.get(name), name).toEqual(tensor);
      expect(imported.initial).toEqual([]);
      expect(imported.rows).toHaveLength(156);
      expect(imported.rows.find(({ to }) => to === 'decoder.model.0.attn.q_map.weight')).toEqual({
        from: 'decoder.module.model.0.attn.q_map.weight',
        to: 'decoder.model.0.attn.q_map.weight',
        shape: [8, 8],
      });
      expect(imported.ignored).toEqual([
        'EnhNet_model',
        'optimizer',
        'epoch',
        'epoch_best_aqa',
        'rho_best',
        'L2_min',
        'RL2_min',
      ]);
      expect(imported.facts).toEqual({
        epoch: 199,
        epoch_best_aqa: 187,
        rho_best: 0.9232,
        L2_min: 22.5,
        RL2_min: 0.003265,
      });
    },
  );

  it('imports a whole state dict under the same names, wrapped or not', async () => {
    const plain = await importReleased(stateDict(), { config });
    const wrapped = new Map(
      [...golden.tensors].map(
        ([name, tensor]) => [`module.${name.replace(/^(\w+)\./, '$1.module.')}`, tensor] as const,
      ),
    );
    const unwrapped = await importReleased(writeSafetensors(wrapped), { config });
    expect(plain.kind).toBe('state dict');
    expect(plain.tensors).toEqual(golden.tensors);
    expect(unwrapped.tensors).toEqual(golden.tensors);
  });

  it.each(['timm.pth', 'timm.safetensors'])(
    "takes the backbone of timm's weights, statistics included, and leaves the rest at its seed: %s",
    async (file) => {
      const imported = await importReleased(fixtureBytes('model', file), { config, seed: 5 });
      const { tensors: timm } = readSafetensors(fixtureBytes('model', 'timm.safetensors'));
      expect(imported.kind).toBe('timm regnety_002');
      for (const [from, to] of [
        ['stem.conv.weight', 'stem.conv.weight'],
        ['s1.b1.conv1.conv.weight', 's1.b1.conv1.net.conv.weight'],
        ['s3.b1.conv1.bn.running_var', 's3.b1.conv1.net.bn.running_var'],
        ['s2.b1.conv2.bn.running_mean', 's2.b1.conv2.bn.running_mean'],
        ['s4.b1.downsample.conv.weight', 's4.b1.downsample.conv.weight'],
      ] as const) {
        expect(imported.tensors.get(`base_model._features.${to}`), to).toEqual(timm.get(from));
      }
      const counters = [...timm.keys()].filter((name) => name.endsWith('num_batches_tracked'));
      expect(imported.rows).toHaveLength(timm.size - counters.length - 2);
      expect(imported.ignored.sort()).toEqual(['head.fc.bias', 'head.fc.weight']);
      expect(
        imported.initial.filter((name) => name.startsWith('base_model.')).every((name) => name.includes('.gsm.')),
      ).toBe(true);
      expect(imported.initial).toContain('decoder.model.0.attn.q_map.weight');
      const again = await importReleased(fixtureBytes('model', file), { config, seed: 5 });
      const other = await importReleased(fixtureBytes('model', file), { config, seed: 6 });
      const name = 'psnet_model._pred_fine._gru.weight_ih_l0';
      expect(again.tensors.get(name)).toEqual(imported.tensors.get(name));
      expect(other.tensors.get(name)).not.toEqual(imported.tensors.get(name));
    },
  );

  it("takes timm's names as they are for a model without gate shifts", async () => {
    const without = { ...config, backbone: { ...config.backbone, gateShift: false } };
    const imported = await importReleased(fixtureBytes('model', 'timm.safetensors'), { config: without });
    expect(imported.initial.some((name) => name.startsWith('base_model.'))).toBe(false);
  });

  it("takes the names and shapes of timm's regnety_002 with its ImageNet head at full size", async () => {
    const { timm } = JSON.parse(new TextDecoder().decode(fixtureBytes('model', 'state-dicts.json'))) as {
      timm: Record<string, number[]>;
    };
    const tensors = Object.entries(timm).map(([name, shape]): [string, SafeTensor] => [
      name,
      name.endsWith('num_batches_tracked') ? { dtype: 'I64', shape: [], data: BigInt64Array.of(0n) } : floats(...shape),
    ]);
    const imported = await importReleased(writeSafetensors(new Map(tensors)), { preset: 'paper' });
    expect(imported.config).toEqual(presetConfig('paper'));
    expect(imported.ignored.sort()).toEqual(['head.fc.bias', 'head.fc.weight']);
    expect(imported.rows.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)).toBe(
      2_793_996 + 20_848,
    );
  });

  it('reports every missing, extra and misshapen tensor', async () => {
    const file = stateDict({
      'decoder.model.0.norm_q.bias': null,
      'psnet_model._pred_fine._fc_out._fc_out.weight': null,
      'decoder.model.1.norm_q.bias': floats(8),
      'regressor_delta.layer3.weight': floats(3, 1),
      'regressor_delta.layer3.bias': { dtype: 'I32', shape: [1], data: new Int32Array(1) },
    });
    await expect(importReleased(file, { config, name: 'mine.safetensors' })).rejects.toThrow(
      new WeightsError(
        'importReleased: expected the 156 tensors of the model in mine.safetensors, got 2 missing (psnet_model._pred_fine._fc_out._fc_out.weight, decoder.model.0.norm_q.bias); 1 extra (decoder.model.1.norm_q.bias); 2 misshapen (regressor_delta.layer3.weight must be [1, 3], got [3, 1], regressor_delta.layer3.bias must be of a floating-point type, got I32).',
      ),
    );
  });

  it('reports what it expected of other files', async () => {
    const expected =
      "importReleased: expected a released checkpoint (base_model, psnet_model, decoder, regressor_delta) or timm's regnety_002 (stem.conv.weight, ...), got";
    await expect(importReleased(writeSafetensors({ a: floats(1) }), { config })).rejects.toThrow(
      new DataError(`${expected} the file with a.`),
    );
    await expect(importReleased(writeSafetensors({}), { config, name: 'x.bin' })).rejects.toThrow(
      new DataError(`${expected} x.bin with nothing.`),
    );
    await expect(importReleased(new TextEncoder().encode('not a checkpoint'), { config })).rejects.toThrow(DataError);
    const twice = stateDict({ 'module.regressor_delta.layer3.bias': floats(1) });
    await expect(importReleased(twice, { config })).rejects.toThrow(
      new WeightsError(
        'importReleased: expected regressor_delta.layer3.bias once in the file, got it as module.regressor_delta.layer3.bias and as regressor_delta.layer3.bias.',
      ),
    );
  });
});
