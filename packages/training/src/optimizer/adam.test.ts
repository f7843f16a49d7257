import { readFileSync } from 'node:fs';
import { ArgumentError } from '@mcore/errors';
import { readSafetensors } from '@mcore/safetensors';
import { describe, expect, it } from 'vitest';
import { Adam } from './adam.js';
import { learningRateFactor } from './learning-rate.js';

// PyTorch's Adam and CosineAnnealingLR; goldens/training.py
const { tensors } = readSafetensors(readFileSync(new URL('./__fixtures__/adam.safetensors', import.meta.url)));
const values = (name: string) => tensors.get(name)!.data as Float32Array | Float64Array;
const gradients = values('gradients');
const rates = Float32Array.from({ length: 10 }, (_, index) => (index < 6 ? 1e-4 : 1e-3));
const cosine = { schedule: 'cosine', warmupSteps: 0 } as const;

function clipped(step: number): Float32Array {
  const gradient = (gradients as Float32Array).slice(step * 10, step * 10 + 10);
  const norm = values('norms')[step]!;
  return norm > 500 ? gradient.map((value) => (value * 500) / (norm + 1e-6)) : gradient;
}

describe('Adam', () => {
  it("follows PyTorch's with two learning rates under a cosine schedule, to 1e-6 of each parameter", () => {
    const parameters = Float32Array.from(values('start'));
    const adam = new Adam(10);
    for (let step = 0; step < 12; step++) {
      adam.update(parameters, clipped(step), rates, learningRateFactor(cosine, step, 12));
      for (let index = 0; index < 10; index++) {
        const expected = values('parameters')[step * 10 + index]!;
        expect(Math.abs(parameters[index]! - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected)));
      }
    }
  });

  it("follows PyTorch's AdamW and StepLR, to 1e-6 of each parameter", () => {
    const { tensors: golden } = readSafetensors(
      readFileSync(new URL('./__fixtures__/adamw.safetensors', import.meta.url)),
    );
    const expected = golden.get('parameters')!.data as Float32Array;
    const parameters = Float32Array.from(golden.get('start')!.data as Float32Array);
    const all = golden.get('gradients')!.data as Float32Array;
    const adam = new Adam(10, { weightDecay: 0.05 });
    const steps = { schedule: 'step', warmupSteps: 0, decayEvery: 4, decayFactor: 0.5 } as const;
    for (let step = 0; step < 12; step++) {
      const gradient = all.slice(step * 10, step * 10 + 10);
      adam.update(parameters, gradient, rates, learningRateFactor(steps, step, 12));
      for (let index = 0; index < 10; index++) {
        const value = expected[step * 10 + index]!;
        expect(Math.abs(parameters[index]! - value)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)));
      }
    }
  });

  it('resumes bit-exactly from a saved state', () => {
    const unbroken = Float32Array.from(values('start'));
    const adam = new Adam(10);
    for (let step = 0; step < 12; step++) adam.update(unbroken, clipped(step), rates, 1);

    const broken = Float32Array.from(values('start'));
    const first = new Adam(10);
    for (let step = 0; step < 5; step++) first.update(broken, clipped(step), rates, 1);
    const second = new Adam(structuredClone(first.state));
    for (let step = 5; step < 12; step++) second.update(broken, clipped(step), rates, 1);
    expect(broken).toEqual(unbroken);
  });

  it('moves by the learning rate against the sign of the first gradient, whatever its size', () => {
    const parameters = new Float32Array([0, 0, 0]);
    new Adam(3).update(parameters, new Float32Array([1e-3, -50, 0]), new Float32Array(3).fill(0.5), 1);
    expect(parameters[0]).toBeCloseTo(-0.5, 4);
    expect(parameters[1]).toBeCloseTo(0.5, 6);
    expect(parameters[2]).toBe(0);
  });

  it('names the array that has the wrong length', () => {
    expect(() => new Adam(3).update(new Float32Array(3), new Float32Array(2), new Float32Array(3), 1)).toThrow(
      new ArgumentError('Adam.update: expected 3 gradient, got 2.'),
    );
  });
});

describe('learningRateFactor', () => {
  it("equals PyTorch's CosineAnnealingLR to 1e-12", () => {
    values('factors').forEach((expected, step) => {
      expect(Math.abs(learningRateFactor(cosine, step, 12) - expected)).toBeLessThan(1e-12);
    });
  });

  it('rises linearly over the warm-up and stays where it is constant', () => {
    const schedule = { schedule: 'constant', warmupSteps: 4 } as const;
    expect([0, 1, 2, 3, 4, 100].map((step) => learningRateFactor(schedule, step, 50))).toEqual([
      0.25, 0.5, 0.75, 1, 1, 1,
    ]);
  });
});

describe('learningRateFactor', () => {
  const at = (schedule: Parameters<typeof learningRateFactor>[0], ...steps: number[]) =>
    steps.map((step) => learningRateFactor(schedule, step, 12));

  it('falls along a line to 0', () => {
    expect(at({ schedule: 'linear', warmupSteps: 0 }, 0, 3, 6, 12)).toEqual([1, 0.75, 0.5, 0]);
  });

  it('falls to a tenth after every third of the steps unless told otherwise', () => {
    const factors = at({ schedule: 'step', warmupSteps: 0 }, 0, 3, 4, 8, 11);
    for (const [index, factor] of [1, 1, 0.1, 0.01, 0.01].entries()) expect(factors[index]).toBeCloseTo(factor, 12);
    expect(at({ schedule: 'step', warmupSteps: 2, decayEvery: 5, decayFactor: 0.5 }, 0, 1, 5, 10)).toEqual([
      0.5, 1, 0.5, 0.25,
    ]);
  });
});
