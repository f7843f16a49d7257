import { ArgumentError, ShapeError } from '@mcore/errors';
import { describeOnEngines } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { finiteDifferences } from '@mcore/testing/finite-differences';
import { readFixture } from '@mcore/testing/fixtures';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type StageContrastiveLossOptions, stageContrastiveLoss } from './index.js';

// computed by the authors' PyTorch modules
const authors = readFixture('contrastive-loss', 'authors-inputs');
const authorsGradients = readFixture('contrastive-loss', 'authors-gradients');
// computed by goldens/contrastive-loss.py with loops in float64
const others = readFixture('contrastive-loss', 'other-sizes');

/** Loss and both gradients as plain numbers. */
async function evaluate(query: tf.Tensor, exemplar: tf.Tensor, options: StageContrastiveLossOptions) {
  const { value, grads } = tf.valueAndGrads((q: tf.Tensor, e: tf.Tensor) => stageContrastiveLoss(q, e, options))([
    query,
    exemplar,
  ]);
  const [loss, ...gradients] = await Promise.all([value, ...grads].map((tensor) => tensor.data<'float32'>()));
  tf.dispose([value, grads]);
  return { loss: loss![0]!, gradients };
}

describeOnEngines('stageContrastiveLoss', ['cpu', 'wasm', 'webgpu'], (engine) => {
  const slow = engine === 'webgpu'; // software: fewer cases

  it.each([
    ['released', { form: 'released' }, false],
    ['paper_mean', { form: 'paper' }, false],
    ['paper_flat', { form: 'paper' }, true],
  ] as const)(
    "equals the authors' modules, %s: loss within 1e-6, gradients within 1e-5 (relative L2)",
    async (name, options, flat) => {
      const [query, exemplar] = ['q', 'e'].map((side) => {
        const tensor = authors.tensor(side);
        return flat ? tf.reshape(tensor, [4, 3, 5 * 368]) : tensor;
      }) as [tf.Tensor, tf.Tensor];
      const { loss, gradients } = await evaluate(query, exemplar, options);
      const losses = JSON.parse(authors.metadata.losses!) as Record<string, number>;
      expect(Math.abs(loss / losses[name]! - 1)).toBeLessThan(1e-6);
      const pair = 3 * 5 * 368;
      for (const [index, golden] of ['gq', 'ge'].entries()) {
        const all = gradients[index]!;
        const kept = [...all.subarray(0, pair), ...all.subarray(3 * pair)]; // pairs 0 and 3
        expect(relativeError(kept, authorsGradients.values(`${name}.${golden}`))).toBeLessThan(1e-5);
      }
    },
  );

  it.each(
    JSON.parse(others.metadata.cases!) as {
      name: string;
      form: 'paper' | 'released';
      temperature: number;
      loss: number;
    }[],
  )(
    'equals loops in float64 within 1e-5: $name, $form, temperature $temperature',
    async ({ name, form, temperature, loss }) => {
      const golden = (key: string) => others.tensor(`${name}.${key}`);
      const result = await evaluate(golden('q'), golden('e'), { form, temperature, weight: 1 });
      expect(Math.abs(result.loss / loss - 1)).toBeLessThan(1e-5);
      expect(relativeError(result.gradients[0]!, others.values(`${name}.${form}.gq`))).toBeLessThan(1e-5);
      expect(relativeError(result.gradients[1]!, others.values(`${name}.${form}.ge`))).toBeLessThan(1e-5);
    },
  );

  it('equals its closed form for orthogonal vectors that are the same in both videos (1e-6)', async () => {
    // cosines: 1 with the positive, 0 with the 2 + 2 others; e^2 against e^2 + 4 e^0
    const eye = tf.reshape(tf.eye(3), [1, 1, 3, 3]);
    const expected = Math.log((Math.exp(2) + 4) / Math.exp(2));
    expect((await evaluate(eye, eye, { form: 'released' })).loss).toBeCloseTo(10 * expected, 6);
    expect((await evaluate(eye, eye, { form: 'released', weight: 1 })).loss).toBeCloseTo(expected, 6);
    const stages = tf.reshape(tf.eye(3), [1, 3, 1, 3]);
    expect((await evaluate(stages, stages, { form: 'paper' })).loss).toBeCloseTo(expected, 6);
    // with one step per stage there are no negatives
    expect((await evaluate(stages, stages, { form: 'released' })).loss).toBe(0);
  });

  it('depends neither on the length of vectors nor on which video is the query (1e-5)', async () => {
    const query = tf.randomNormal([2, 3, 4, 8], 0, 1, 'float32', 1);
    const exemplar = tf.randomNormal([2, 3, 4, 8], 0, 1, 'float32', 2);
    const { loss } = await evaluate(query, exemplar, { form: 'released' });
    const scaled = await evaluate(tf.mul(query, 1e25), tf.mul(exemplar, 1e-8), { form: 'released' });
    expect(Math.abs(scaled.loss / loss - 1)).toBeLessThan(1e-5);
    expect(Math.abs((await evaluate(exemplar, query, { form: 'released' })).loss / loss - 1)).toBeLessThan(1e-5);
  });

  it('contrasts the stages if each is one vector; released is ten times paper', async () => {
    const query = tf.randomNormal([2, 3, 8], 0, 1, 'float32', 3);
    const exemplar = tf.randomNormal([2, 3, 8], 0, 1, 'float32', 4);
    const paper = await evaluate(query, exemplar, { form: 'paper' });
    const released = await evaluate(query, exemplar, { form: 'released' });
    expect(Math.abs(released.loss / (10 * paper.loss) - 1)).toBeLessThan(1e-6);
    const oneStep = await evaluate(tf.expandDims(query, 2), tf.expandDims(exemplar, 2), { form: 'paper' });
    expect(Math.abs(oneStep.loss / paper.loss - 1)).toBeLessThan(1e-6);
  });

  if (!slow)
    it.each(['paper', 'released'] as const)(
      'gradient of %s equals finite differences within 1 percent',
      async (form) => {
        const shape = [1, 2, 3, 4];
        const values = await tf.randomNormal(shape, 0, 1, 'float32', 5).data<'float32'>();
        const exemplar = tf.randomNormal(shape, 0, 1, 'float32', 6);
        const loss = (numbers: Float32Array) =>
          evaluate(tf.tensor(numbers, shape), exemplar, { form, temperature: 0.7 }).then((result) => result.loss);
        const gradient = (await evaluate(tf.tensor(values, shape), exemplar, { form, temperature: 0.7 })).gradients[0]!;
        expect(relativeError(await finiteDifferences(values, loss, 0.01), gradient)).toBeLessThan(0.01);
      },
    );

  it('stays finite for zero, huge and tiny features and small temperatures, including gradients', async () => {
    const normal = tf.randomNormal([2, 3, 4, 8], 0, 1, 'float32', 7);
    const extremes = [tf.zerosLike(normal), tf.mul(normal, 1e37), tf.mul(normal, 1e-37), tf.onesLike(normal), normal];
    for (const form of slow ? (['released'] as const) : (['paper', 'released'] as const)) {
      for (const temperature of slow ? [1e-3] : [0.5, 1e-3]) {
        for (const query of extremes) {
          for (const exemplar of slow ? [normal] : extremes) {
            const { loss, gradients } = await evaluate(query, exemplar, { form, temperature });
            expect(Number.isFinite(loss)).toBe(true);
            for (const gradient of gradients) expect(gradient.every(Number.isFinite)).toBe(true);
          }
        }
      }
    }
    // cosine 0 with everything: one positive among 7 equal vectors
    const zeros = await evaluate(extremes[0]!, extremes[0]!, { form: 'released', weight: 1 });
    expect(zeros.loss).toBeCloseTo(Math.log(7), 5);
    expect(zeros.gradients[0]!.every((value) => value === 0)).toBe(true);
  });

  it('keeps no tensor but its result, also with gradients', () => {
    const [query, exemplar] = [tf.ones([1, 2, 3, 4]), tf.ones([1, 2, 3, 4])];
    const before = tf.memory().numTensors;
    const loss = stageContrastiveLoss(query, exemplar, { form: 'released' });
    expect(tf.memory().numTensors).toBe(before + 1);
    loss.dispose();
    const { value, grads } = tf.valueAndGrads((q: tf.Tensor, e: tf.Tensor) =>
      stageContrastiveLoss(q, e, { form: 'paper' }),
    )([query, exemplar]);
    expect(tf.memory().numTensors).toBe(before + 3);
    tf.dispose([value, grads]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('stageContrastiveLoss', () => {
  it('reports the shapes it expected', () => {
    const query = tf.zeros([8, 3, 368]);
    expect(() => stageContrastiveLoss(query, tf.zeros([8, 2, 368]), { form: 'paper' })).toThrow(
      new ShapeError(
        'stageContrastiveLoss: exemplar must be [batch, stages, channels] = [8, 3, 368] like query, got [8, 2, 368].',
      ),
    );
    expect(() => stageContrastiveLoss(tf.zeros([1, 3, 5, 4]), query, { form: 'paper' })).toThrow(
      new ShapeError(
        'stageContrastiveLoss: exemplar must be [batch, stages, steps, channels] = [1, 3, 5, 4] like query, got [8, 3, 368].',
      ),
    );
    for (const shape of [
      [3, 368],
      [0, 3, 368],
    ]) {
      expect(() => stageContrastiveLoss(tf.zeros(shape), tf.zeros(shape), { form: 'paper' })).toThrow(
        new ShapeError(
          `stageContrastiveLoss: query must be [batch, stages, steps, channels] or [batch, stages, channels] and not empty, got [${shape.join(', ')}].`,
        ),
      );
    }
  });

  it('reports the options it expected', () => {
    const x = tf.zeros([1, 2, 3]);
    const call = (options: object) => () => stageContrastiveLoss(x, x, options as StageContrastiveLossOptions);
    expect(call({ form: 'both' })).toThrow(
      new ArgumentError(`stageContrastiveLoss: form must be 'paper' or 'released', got "both".`),
    );
    expect(call({ form: 'paper', temperature: 0 })).toThrow(
      new ArgumentError('stageContrastiveLoss: temperature must be above 0, got 0.'),
    );
    expect(call({ form: 'paper', weight: Number.NaN })).toThrow(
      new ArgumentError('stageContrastiveLoss: weight must be a finite number, got NaN.'),
    );
  });
});
