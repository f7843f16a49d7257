import { DataError } from '@mcore/errors';
import { MCoRe } from '@mcore/model';
import { useTestEngine } from '@mcore/testing/engines';
import { madeUpPairs, tinyConfig, trainerOf } from '@mcore/testing/golden-trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Learner, LocalReplica, NotFiniteError, Trainer } from '../index.js';

describe('Trainer', () => {
  beforeAll(() => useTestEngine('cpu'));

  it('gives bit-exact results with one replica and with three', async () => {
    const models = Array.from({ length: 3 }, () => new MCoRe(tinyConfig, { seed: 1 }));
    const run = async (replicas: LocalReplica[]) => {
      const trainer = await trainerOf(models[0]!, { inputsOf: madeUpPairs, replicas });
      const records = [await trainer.run(), await trainer.run()];
      return { records, parameters: trainer.parameters };
    };
    const start = await new LocalReplica(models[0]!).layout.read();
    const three = await run(models.map((model) => new LocalReplica(model)));
    await new LocalReplica(models[0]!).setParameters(start);
    const one = await run([new LocalReplica(models[0]!)]);
    expect(three.records).toEqual(one.records);
    expect(three.parameters).toEqual(one.parameters);
    for (const model of models) model.dispose();
  });

  it('resumes bit-exactly from a saved state', async () => {
    const model = new MCoRe(tinyConfig, { seed: 2 });
    const unbroken = await trainerOf(model, { inputsOf: (step) => madeUpPairs(step, 2) });
    await unbroken.run();
    const saved = unbroken.state();
    const expected = [await unbroken.run(), await unbroken.run()];

    const other = new MCoRe(tinyConfig, { seed: 3 });
    const resumed = await trainerOf(other, { inputsOf: (step) => madeUpPairs(step, 2) }, structuredClone(saved));
    expect(resumed.step).toBe(1);
    expect([await resumed.run(), await resumed.run()]).toEqual(expected);
    expect(resumed.state()).toEqual(unbroken.state());
    model.dispose();
    other.dispose();
  });

  it('keeps the moving average of the parameters: decay (1 + steps) / (10 + steps) at first, then the given one', async () => {
    let seen = new Float32Array();
    const bowl: Learner<{ name: string }, { total: number }> = {
      setParameters: async (flat) => {
        seen = flat.slice();
      },
      gradient: async () => ({ losses: { total: 1 }, gradient: seen.map((value) => 2 * value) }),
    };
    const trainer = new Trainer(Float32Array.of(4, -8), {
      optimiser: { learningRate: 0.5, schedule: 'constant', warmupSteps: 0, gradientNorm: null, averaging: 0.2 },
      totalSteps: 3,
      learningRates: Float32Array.of(0.5, 0.5),
      replicas: [bowl],
      inputsOf: async () => [{ name: 'the bowl' }],
    });
    let average = [4, -8];
    // 2 / 11, then 3 / 12 and 4 / 13, which are more than 0.2
    for (const decay of [2 / 11, 0.2, 0.2]) {
      await trainer.run();
      average = average.map((value, index) => decay * value + (1 - decay) * trainer.parameters[index]!);
      for (const [index, value] of average.entries()) expect(trainer.kept[index]).toBeCloseTo(value, 5);
    }
    expect(trainer.state().average).toEqual(trainer.kept);
    expect(trainer.kept).not.toEqual(trainer.parameters);
  });

  it('refuses a loss that is not finite and changes nothing', async () => {
    const model = new MCoRe(tinyConfig, { seed: 2 });
    const inputsOf = async (step: number) => {
      const [pair] = await madeUpPairs(step, 1);
      return [pair!, { ...pair!, name: 'query a, exemplar b', query: { ...pair!.query, score: 1e30 } }];
    };
    const trainer = await trainerOf(model, { inputsOf });
    const before = trainer.state();
    const tensors = tf.memory().numTensors;
    const error: unknown = await trainer.run().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(NotFiniteError);
    const { message, code, step, inputs, first } = error as NotFiniteError;
    expect({ code, step, inputs: inputs.length, first }).toEqual({
      code: 'ERR_MCORE_NOT_FINITE',
      step: 1,
      inputs: 2,
      first: inputs[1],
    });
    expect(message).toMatch(
      /^Trainer\.run: expected finite losses and gradients at step 1, got total Infinity, regression Infinity, segmentation [\d.]+, contrastive [\d.]+ and a gradient of norm [\d.e+]+ from input 2 of 2 \(query a, exemplar b\)\.$/,
    );
    expect(trainer.state()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
    model.dispose();
  });

  it('clips the gradient to the largest norm and reports the norm before', async () => {
    const clipped = new MCoRe(
      { ...tinyConfig, optimiser: { ...tinyConfig.optimiser, gradientNorm: 0.5 } },
      { seed: 2 },
    );
    const trainer = await trainerOf(clipped, { inputsOf: (step) => madeUpPairs(step, 1) });
    const { gradientNorm } = await trainer.run();
    expect(gradientNorm).toBeGreaterThan(0.5);
    // Adam's running mean is a tenth of the first gradient
    const norm = Math.sqrt(trainer.state().adam.mean.reduce((sum, value) => sum + value * value, 0));
    expect(norm).toBeCloseTo(0.05, 6);
    clipped.dispose();
  });

  it('multiplies learning rates by the schedule: cosine ends near 0', async () => {
    const optimiser = { ...tinyConfig.optimiser, schedule: 'cosine' } as const;
    const model = new MCoRe({ ...tinyConfig, optimiser }, { seed: 2 });
    const trainer = await trainerOf(model, { inputsOf: (step) => madeUpPairs(step, 1), totalSteps: 3 });
    const rates: number[] = [];
    for (let step = 0; step < 3; step++) rates.push((await trainer.run()).learningRate);
    expect(rates[0]).toBe(1e-3);
    expect(rates[1]).toBeCloseTo(0.75e-3, 12);
    expect(rates[2]).toBeCloseTo(0.25e-3, 12);
    model.dispose();
  });

  it('asks for inputs one step ahead, each step once, and reports their failure when their step comes', async () => {
    const model = new MCoRe(tinyConfig, { seed: 2 });
    const asked: number[] = [];
    const inputsOf = async (step: number) => {
      asked.push(step);
      if (step === 2) throw new DataError('pairs of step 2: expected a file, got none.');
      return madeUpPairs(step, 1);
    };
    const trainer = await trainerOf(model, { inputsOf });
    await trainer.run();
    expect(asked).toEqual([0, 1]);
    await trainer.run();
    expect(asked).toEqual([0, 1, 2]);
    await expect(trainer.run()).rejects.toThrow(new DataError('pairs of step 2: expected a file, got none.'));
    expect(trainer.step).toBe(2);
    model.dispose();
  });
});
