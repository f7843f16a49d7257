import { readFileSync } from 'node:fs';
import { isBackboneWeight } from '@mcore/model';
import { readSafetensors } from '@mcore/safetensors';
import { useTestEngine } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { goldenPairs, trainerOf } from '@mcore/testing/golden-trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { layoutOf } from '../index.js';

// PyTorch in float64 with torch.optim.Adam in two groups, preset released without dropout, 3 pairs; goldens/model.py
const { tensors } = readSafetensors(
  new Uint8Array(readFileSync(new URL('__fixtures__/step.safetensors', import.meta.url))),
);
const values = (name: string) => tensors.get(name)!.data as Float32Array;
const PARTS = ['total', 'regression', 'segmentation', 'contrastive'] as const;

/** Its gradient is rounding and nothing else (a softmax over frames ignores constants), and Adam takes steps by signs. */
const ROUNDING_ALONE = 'psnet_model._pred_fine._fc_out._fc_out.bias';

describe.each(['cpu', 'wasm', 'wasm after registerOps'] as const)('a whole training step on %s', (engine) => {
  beforeAll(() => useTestEngine(engine));

  it("equals PyTorch's: losses (1e-5), parameters after Adam (1e-5) and how far each moved (2e-2, relative L2)", async () => {
    const { model, pairs } = goldenPairs();
    const layout = layoutOf(model);
    const start = layout.split(await layout.read());
    const trainer = await trainerOf(model, { inputsOf: async () => pairs });
    const record = await trainer.run();
    for (const [index, part] of PARTS.entries()) {
      expect(Math.abs(record[part] / values('curve')[index]! - 1), part).toBeLessThan(1e-5);
    }
    for (const [name, after] of layout.split(trainer.parameters)) {
      if (name === ROUNDING_ALONE) continue;
      const expected = values(`after.${name}`);
      expect(relativeError(after, expected), name).toBeLessThan(1e-5);
      const before = start.get(name)!;
      const moved = (to: Float32Array) => to.map((value, position) => value - before[position]!);
      expect(relativeError(moved(after), moved(expected)), `${name}, movement`).toBeLessThan(2e-2);
      // Adam's first step is the learning rate wherever there is a gradient
      const rate = isBackboneWeight(name) ? 1e-4 : 1e-3;
      expect(Math.max(...moved(after).map(Math.abs)) / rate, `${name}, rate`).toBeCloseTo(1, 2);
    }
    model.dispose();
  });

  if (engine === 'wasm after registerOps')
    it("follows PyTorch's loss through 20 steps: every part within 0.01 % at every step", async () => {
      const { model, pairs } = goldenPairs();
      const before = tf.memory().numTensors;
      const trainer = await trainerOf(model, { inputsOf: async () => pairs });
      for (let step = 0; step < 20; step++) {
        const record = await trainer.run();
        for (const [index, part] of PARTS.entries()) {
          const expected = values('curve')[step * 4 + index]!;
          expect(Math.abs(record[part] / expected - 1), `${part}, step ${step + 1}`).toBeLessThan(1e-4);
        }
      }
      expect(trainer.step).toBe(20);
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    });
});
