import '@tensorflow/tfjs';
import { ArgumentError, ShapeError, WeightsError } from '@mcore/errors';
import { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createHead,
  type Head,
  type HeadConfig,
  headConfig,
  headConfigSchema,
  type LabelledClips,
  METHODS,
  type MethodName,
} from './index.js';

beforeAll(() => tf.setBackend('cpu'));

/** Every method at a size that a test can afford. */
function small(method: MethodName, changes: object = {}): HeadConfig {
  const borders = [-30, -3, 0, 3, 30];
  const regressor = { blocks: 1, heads: 2, mlpRatio: 2, hidden: [4] };
  const sizes: Record<MethodName, object> = {
    usdl: { hidden: [6], bins: 11 },
    musdl: { hidden: [6] },
    core: { hidden: 6, depth: 3, borders },
    'hp-mcore': {
      segmenter: { hiddenSize: 4, dropout: 0.2 },
      reducer: { hidden: 6, width: 4 },
      regressor,
      stepsPerStage: 3,
    },
    tpt: { width: 8, ffn: 6, heads: 2, scoreHidden: 6, depth: 3, borders },
    tsa: { projection: 16, channels: [3, 4], frames: 12, windows: 3, transitionHidden: [4], regressor },
    rica2: { width: 8, heads: 2, ffnRatio: 2 },
  };
  return headConfig(method, 5, { ...sizes[method], ...changes });
}

function clips(random: Random, scores: readonly number[]): LabelledClips {
  const values = Float32Array.from({ length: scores.length * 12 * 5 }, () => random.normal());
  const labels = scores.map((score, index) => ({
    score,
    difficulty: 3 + 0.1 * index,
    transitions: [4 + index, 8],
    awards: [7, 7.5, 8],
    steps: [0, 8 + index, 28],
  }));
  return { features: tf.tensor3d(values, [scores.length, 12, 5]), labels };
}

function batch(seed: string) {
  const random = new Random(seed);
  return { query: clips(random, [60, 75]), exemplar: clips(random, [66, 71]) };
}

const totalOf = (head: Head, random?: Random) =>
  tf.tidy(() => head.loss(batch('batch'), random ? { random } : {}).total.dataSync()[0]!);

describe('createHead', () => {
  it.each([
    ['usdl', {}, 140_389],
    ['musdl', {}, 390_207],
    ['musdl', { marks: 'judges', heads: 7 }, 910_483],
    ['core', {}, 2_174_510],
    ['hp-mcore', {}, 4_171_092 + 1_630_978],
    ['tpt', {}, 4_312_866],
    ['tsa', {}, 689_615],
    ['rica2', {}, 11_709_185],
    ['rica2', { variant: 'stochastic' }, 11_906_561],
  ] as const)('%s %j has as many trainable weights as the method has at 368 channels: %i', (method, changes, count) => {
    const head = createHead(headConfig(method, 368, changes), { seed: 1 });
    const trainable = [...head.weights().values()].filter((variable) => variable.trainable);
    expect(trainable.reduce((sum, { size }) => sum + size, 0)).toBe(count);
    head.dispose();
  });

  it.each(METHODS)('%s: its configuration survives JSON, and the seed alone gives its weights', (method) => {
    const config = small(method);
    const copy = JSON.parse(JSON.stringify(config)) as HeadConfig;
    const heads = [createHead(config, { seed: 1 }), createHead(copy, { seed: 1 }), createHead(config, { seed: 2 })];
    const [first, same, other] = heads.map((head) =>
      [...head.weights().values()].flatMap((variable) => [...variable.dataSync()]),
    );
    expect(same).toEqual(first);
    expect(other).not.toEqual(first);
    for (const head of heads) head.dispose();
  });

  it.each(METHODS)(
    '%s: the loss goes down along its gradient as far as the gradient says, within 2 percent',
    (method) => {
      const head = createHead(small(method), { seed: 3 });
      const trained = [...head.weights().values()].filter((variable) => variable.trainable);
      const { grads, value } = tf.variableGrads(() => head.loss(batch('batch')).total, trained);
      const gradients = trained.map(({ name }) => grads[name]!.dataSync() as Float32Array);
      const square = gradients.reduce((sum, values) => sum + values.reduce((part, each) => part + each * each, 0), 0);
      const start = trained.map((variable) => tf.clone(variable));
      const at = (step: number) => {
        for (const [index, variable] of trained.entries()) {
          tf.tidy(() => variable.assign(tf.sub(start[index]!, tf.mul(grads[variable.name]!, step))));
        }
        return totalOf(head);
      };
      const step = (1e-4 * value.dataSync()[0]!) / square;
      const slope = (at(-step) - at(step)) / (2 * step * square);
      expect(Math.abs(slope - 1)).toBeLessThan(0.02);
      head.dispose();
    },
  );

  it.each(METHODS)('%s: dropout and noise follow the seed they are given', (method) => {
    const head = createHead(small(method, method === 'rica2' ? { variant: 'stochastic' } : {}), { seed: 1 });
    const [first, same, other] = ['a', 'a', 'b'].map((seed) => totalOf(head, new Random(seed)));
    expect(same).toBe(first);
    const isRandom = ['hp-mcore', 'tpt', 'rica2'].includes(method);
    expect(other === first).toBe(!isRandom);
    expect(Number.isFinite(first)).toBe(true);
    head.dispose();
  });

  it.each(METHODS)('%s: a clip is encoded and scored the same whatever is beside it (1e-5)', async (method) => {
    const head = createHead(small(method), { seed: 1 });
    const { query, exemplar } = batch('batch');
    const bank = (await head.encode(exemplar, exemplar.labels)).map((clip, index) => ({
      ...exemplar.labels[index]!,
      ...clip,
    }));
    const together = await head.encode(query, query.labels);
    const alone = await head.encode({ features: tf.slice(query.features, [1, 0, 0], [1, -1, -1]) }, [query.labels[1]!]);
    const [a, b] = await Promise.all(
      [together[1]!, alone[0]!].map((clip) => head.predict({ ...query.labels[1]!, ...clip }, bank)),
    );
    expect(Math.abs(a!.score - b!.score)).toBeLessThan(1e-4 * Math.abs(a!.score) + 1e-5);
    expect(a!.votes.length).toBe(head.needs.exemplars ? 2 : 0);
    head.dispose();
  });
});

describe('errors', () => {
  it.each([
    [
      () => headConfig('slowfast' as MethodName, 5),
      'headConfig: expected a method of usdl, musdl, core, hp-mcore, tpt, tsa, rica2, got "slowfast".',
    ],
    [
      () => headConfigSchema('x' as MethodName),
      'headConfigSchema: expected a method of usdl, musdl, core, hp-mcore, tpt, tsa, rica2, got "x".',
    ],
    [
      () => headConfig('usdl', 5, { sigma: 0 }),
      'headConfig: expected sigma to be a number above 0 and at most 10000, got 0.',
    ],
    [() => headConfig('usdl', 5, { range: [10, 5] }), 'headConfig: range must be ascending, got [10, 5].'],
    [() => headConfig('core', 5, { depth: 3 }), 'headConfig: borders must be 5 for 4 groups, got 17.'],
    [() => headConfig('tpt', 5, { heads: 7 }), 'headConfig: heads must divide width = 512, got 7.'],
    [() => headConfig('tpt', 5, { form: 'paper' }), 'headConfig: expected form to be one of released, got "paper".'],
    [
      () => headConfig('tsa', 5, { projection: 100 }),
      'headConfig: projection must be a multiple of 16 for 4 halvings, got 100.',
    ],
    [() => headConfig('rica2', 5, { slots: 28 }), 'headConfig: groups must be of slots 0 .. 27, got 28.'],
    [
      () => headConfig('musdl', 5, { heads: 4 }),
      'headConfig: counting must leave as many heads below as above, got 3 of 4.',
    ],
    [
      () => createHead({ ...headConfig('usdl', 5), depth: 3 } as HeadConfig, { seed: 1 }),
      'createHead: expected depth to be one of the fields method, form, inputSize, target, hidden, bins, range, sigma, prediction, got "depth".',
    ],
  ])('of configurations say what was expected: %#', (make, message) => {
    expect(make).toThrow(new ArgumentError(message));
  });

  it.each([
    [
      'core',
      { exemplar: undefined },
      {},
      ArgumentError,
      'CoreHead.loss: expected exemplars, one for each query, got none.',
    ],
    [
      'core',
      {},
      { difficulty: undefined },
      ArgumentError,
      'CoreHead.loss: expected a difficulty above 0, got undefined for query 0.',
    ],
    ['usdl', {}, { score: Number.NaN }, ArgumentError, 'UsdlHead.loss: expected a finite score, got NaN for query 0.'],
    ['tsa', {}, { transitions: undefined }, ArgumentError, 'TsaHead.loss: expected transitions, got none for query 0.'],
    [
      'tsa',
      {},
      { transitions: [4, 12] },
      ArgumentError,
      'TsaHead.loss: expected transitions and cuts that are frames in 0 .. 11, got 12 for query 0.',
    ],
    ['rica2', {}, { steps: [] }, ArgumentError, 'Rica2Head.loss: expected steps, at least one, got none for query 0.'],
    [
      'rica2',
      {},
      { steps: [29] },
      ArgumentError,
      'Rica2Head.loss: expected steps, at least one slot in 0 .. 28, got [29] for clip 0. diveSteps gives those of a dive number.',
    ],
  ] as const)('of batches name the clip and what it lacks: %s %#', (method, parts, label, Kind, message) => {
    const head = createHead(small(method), { seed: 1 });
    const { query, exemplar } = batch('batch');
    const labels = query.labels.map((each, index) => (index === 0 ? { ...each, ...label } : each));
    const given = { query: { ...query, labels }, exemplar, ...parts } as Parameters<Head['loss']>[0];
    expect(() => head.loss(given)).toThrow(new Kind(message));
    head.dispose();
  });

  it('of shapes and weights say what was expected', async () => {
    const head = createHead(small('core'), { seed: 1 });
    const { query, exemplar } = batch('batch');
    const wide = { ...query, features: tf.zeros([2, 12, 6]) as tf.Tensor3D };
    expect(() => head.loss({ query: wide, exemplar })).toThrow(
      new ShapeError('CoreHead.loss: expected features of shape [batch, time, 5] that are not empty, got [2, 12, 6].'),
    );
    expect(() => head.loss({ query: { ...query, labels: [] }, exemplar })).toThrow(
      new ArgumentError('CoreHead.loss: expected 2 query labels, got 0.'),
    );
    const maps = tf.zeros([2, 11, 2, 2, 5]) as tf.Tensor5D;
    await expect(head.encode({ ...query, maps })).rejects.toThrow(
      new ShapeError(
        'CoreHead.encode: expected maps of shape [2, 12, height, width, 5] like the features, got [2, 11, 2, 2, 5].',
      ),
    );
    const [encoded] = await head.encode(query);
    await expect(head.predict({ difficulty: 3, ...encoded! })).rejects.toThrow(
      new ArgumentError('CoreHead.predict: expected at least one exemplar, got none.'),
    );
    await expect(head.predict(encoded!, [{ score: 60, ...encoded! }])).rejects.toThrow(
      new ArgumentError(
        "CoreHead.predict: expected a difficulty above 0 of the query, which the head's target 'quality' needs, got undefined.",
      ),
    );
    const other = { score: 60, difficulty: 3, values: new Float32Array(6), shape: [6] };
    await expect(head.predict({ difficulty: 3, ...encoded! }, [other])).rejects.toThrow(
      new ShapeError('CoreHead.predict: expected exemplars of shape [5] like the query, got [6].'),
    );
    const weights = new Map<string, tf.Tensor>(head.weights());
    weights.delete('reg_layer.bias');
    expect(() => head.load(weights)).toThrow(
      new WeightsError("CoreHead.load: the weights must be the model's 12 tensors, got 1 missing (reg_layer.bias)."),
    );
    head.dispose();
  });

  it('of MUSDL with judges ask for one mark a head', () => {
    const head = createHead(small('musdl', { marks: 'judges', heads: 7 }), { seed: 1 });
    expect(() => head.loss(batch('batch'))).toThrow(
      new ArgumentError(
        "MusdlHead.loss: expected 7 awards, one for each head, got 3 for query 0. Use marks: 'counting' for clips with different numbers of judges.",
      ),
    );
    head.dispose();
  });
});
