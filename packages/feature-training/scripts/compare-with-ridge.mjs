import { resampleSteps } from '@mcore/clips';
import { useEngine } from '@mcore/engines/node';
import { crossValidate, foldsOf } from '@mcore/feature-training';
import { kFold, spearman } from '@mcore/metrics';
import { Random } from '@mcore/random';

/**
 * SRCC of `mcore` with its default settings beside a ridge regression on 16 resampled steps, whose ridge is chosen on inner folds, on made-up data
 * whose score shows in three channels: node compare-with-ridge.mjs [KIND,...] [CHANNELS,...] [--alone | --regressions]
 *
 * `level`: a bump as high as the score; `timing`: a bump that comes later; `amplitude` and `frequency` of an oscillation of random phase;
 * `mixed`: the bumps of `level` in 20 slow signals of which all channels are mixtures. Ten people differ in every channel's level; the other
 * channels are slow noise. Five folds of people.
 */
const SIZES = /** @type {const} */ ([
  { channels: 20, steps: 100, clips: 100 },
  { channels: 76, steps: 600, clips: 200 },
  { channels: 76, steps: 1500, clips: 100 },
  { channels: 512, steps: 60, clips: 300 },
  { channels: 2048, steps: 30, clips: 200 },
  { channels: 2048, steps: 100, clips: 400 },
]);
const KINDS = ['level', 'timing', 'amplitude', 'frequency', 'mixed'];
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const kinds = words[0]?.split(',') ?? KINDS;
const sizes = words[1]?.split(',').map(Number);
const only = process.argv.includes('--regressions')
  ? 'ridge'
  : process.argv.includes('--alone')
    ? 'mcore-alone'
    : 'mcore';

const engine = await useEngine('auto');
console.log(`| kind | channels | steps | clips | ridge | ${only} | seconds |`);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const kind of kinds) {
  for (const size of SIZES.filter(({ channels }) => !sizes || sizes.includes(channels))) {
    const source = makeSource(kind, size);
    const folds = foldsOf(source.clips, 'kfold', { folds: 5, group: 'subject' });
    const scores = source.clips.map(({ score }) => score);
    const plain = await ridgeRegression(source, folds);
    const started = performance.now();
    const predictions = await crossValidate({ source, folds, seed: 0, group: 'subject', method: only });
    const seconds = (performance.now() - started) / 1000;
    const byId = new Map(predictions.map(({ id, targets }) => [id, targets.score]));
    const predicted = source.clips.map(({ id }) => byId.get(id) ?? Number.NaN);
    const cells = [kind, size.channels, size.steps, size.clips, spearman(plain, scores).toFixed(3)];
    console.log(`| ${[...cells, spearman(predicted, scores).toFixed(3), seconds.toFixed(0)].join(' | ')} |`);
  }
}
await engine.dispose();

/** @param {string} kind @param {{ channels: number, steps: number, clips: number }} size */
function makeSource(kind, { channels, steps: length, clips: count }) {
  const random = new Random(`${kind} ${channels} ${length}`);
  const normals = (/** @type {number} */ many) => Float64Array.from({ length: many }, () => random.normal());
  const offsets = Array.from({ length: 10 }, () => normals(channels));
  const signals = 20;
  const mixture = normals(signals * channels).map((value) => value / Math.sqrt(signals));
  /** @type {Map<string, { data: Float32Array, steps: number, channels: number }>} */
  const sequences = new Map();
  const clips = Array.from({ length: count }, (_, index) => {
    const quality = random.normal();
    const steps = Math.round(length * random.uniform(0.6, 1.4));
    const width = kind === 'mixed' ? signals : channels;
    const slow = new Float64Array(steps * width);
    const [kept, fresh] = kind === 'mixed' ? [1, 1 / Math.sqrt(steps)] : [0.8, 0.6];
    for (let at = 0; at < slow.length; at++) {
      const before =
        at < width ? random.normal() * (kind === 'mixed' ? 0 : 1) : /** @type {number} */ (slow[at - width]);
      slow[at] = kept * before + fresh * random.normal();
    }
    for (let channel = 0; channel < 3; channel++) {
      const phase = random.uniform(0, 2 * Math.PI);
      for (let step = 0; step < steps; step++) {
        slow[step * width + channel] += patternOf(kind, quality, step / (steps - 1), channel, phase);
      }
    }
    const data = new Float32Array(steps * channels);
    const offset = /** @type {Float64Array} */ (offsets[index % 10]);
    for (let step = 0; step < steps; step++) {
      for (let channel = 0; channel < channels; channel++) {
        let value = 0.7 * (offset[channel] ?? 0);
        if (kind !== 'mixed') value += slow[step * width + channel] ?? 0;
        else {
          value += 0.5 * random.normal();
          for (let signal = 0; signal < signals; signal++) {
            value += (slow[step * width + signal] ?? 0) * (mixture[signal * channels + channel] ?? 0);
          }
        }
        data[step * channels + channel] = value;
      }
    }
    const id = `clip ${index}`;
    sequences.set(id, { data, steps, channels });
    const score = quality + 0.3 * random.normal();
    return {
      ...{ id, competition: '', diveNumber: 'any', score, difficulty: 1, frameCount: steps, transitions: [1] },
      ...{ split: /** @type {const} */ ('train'), targets: { score }, groups: { subject: `s${index % 10}` } },
    };
  });
  return {
    clips,
    channels,
    targets: ['score'],
    description: kind,
    transitionsFrom: /** @type {const} */ ('equal parts'),
    readFeatures: async (/** @type {string} */ id) =>
      /** @type {NonNullable<ReturnType<typeof sequences.get>>} */ (sequences.get(id)),
  };
}

/** @param {string} kind @param {number} quality @param {number} time @param {number} channel @param {number} phase */
function patternOf(kind, quality, time, channel, phase) {
  if (kind === 'timing') return 2 * Math.exp(-(((time - 0.5 - 0.1 * quality) / 0.08) ** 2));
  if (kind === 'amplitude') return (1.5 + 0.5 * quality) * Math.sin(8 * Math.PI * time + phase);
  if (kind === 'frequency') return 1.5 * Math.sin(2 * Math.PI * (5 + quality) * time + phase);
  return quality * Math.exp(-(((time - 0.3 - 0.2 * channel) / 0.12) ** 2));
}

/** @param {ReturnType<typeof makeSource>} source @param {ReturnType<typeof foldsOf>} folds */
async function ridgeRegression(source, folds) {
  const rows = await Promise.all(
    source.clips.map(async ({ id }) => resampleSteps(await source.readFeatures(id), 16).data),
  );
  const scores = source.clips.map(({ score }) => score);
  const predicted = new Float64Array(rows.length);
  for (const { train, test } of folds) {
    const kernel = kernelOf(normalise(rows, train));
    const inner = kFold(train.length, {
      folds: 4,
      groups: train.map((clip) => source.clips[clip]?.groups.subject ?? ''),
    });
    const errors = [0.01, 0.05, 0.2, 1, 5, 25].map((ridge) => ({
      ridge,
      error: inner
        .flatMap((fold) => {
          const held = fold.test.map((at) => train[at] ?? 0);
          const known = fold.train.map((at) => train[at] ?? 0);
          return predict(kernel, scores, known, held, ridge).map(
            (value, at) => (value - (scores[held[at] ?? 0] ?? 0)) ** 2,
          );
        })
        .reduce((sum, value) => sum + value, 0),
    }));
    const { ridge } = errors.reduce((a, b) => (b.error < a.error ? b : a));
    for (const [at, value] of predict(kernel, scores, train, test, ridge).entries()) predicted[test[at] ?? 0] = value;
  }
  return predicted;
}

/** @param {readonly Float32Array[]} rows @param {readonly number[]} train */
function normalise(rows, train) {
  const width = rows[0]?.length ?? 0;
  const [mean, square] = [new Float64Array(width), new Float64Array(width)];
  for (const row of train) for (let at = 0; at < width; at++) mean[at] += (rows[row]?.[at] ?? 0) / train.length;
  for (const row of train) {
    for (let at = 0; at < width; at++) square[at] += ((rows[row]?.[at] ?? 0) - (mean[at] ?? 0)) ** 2 / train.length;
  }
  return rows.map((row) => row.map((value, at) => (value - (mean[at] ?? 0)) / (Math.sqrt(square[at] ?? 0) + 1e-6)));
}

/** @param {readonly Float32Array[]} rows */
function kernelOf(rows) {
  const width = rows[0]?.length ?? 1;
  return rows.map((a) =>
    Float64Array.from(rows, (b) => {
      let sum = 0;
      for (let at = 0; at < width; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
      return sum / width;
    }),
  );
}

/**
 * @param {readonly Float64Array[]} kernel @param {readonly number[]} scores @param {readonly number[]} train @param {readonly number[]} test
 * @param {number} ridge
 */
function predict(kernel, scores, train, test, ridge) {
  const mean = train.reduce((sum, clip) => sum + (scores[clip] ?? 0), 0) / train.length;
  const matrix = train.map((row, at) =>
    Float64Array.from(train, (column, other) => (kernel[row]?.[column] ?? 0) + (at === other ? ridge : 0)),
  );
  const right = Float64Array.from(train, (clip) => (scores[clip] ?? 0) - mean);
  for (let pivot = 0; pivot < matrix.length; pivot++) {
    const row = /** @type {Float64Array} */ (matrix[pivot]);
    for (let below = pivot + 1; below < matrix.length; below++) {
      const other = /** @type {Float64Array} */ (matrix[below]);
      const factor = (other[pivot] ?? 0) / (row[pivot] ?? 1);
      if (factor === 0) continue;
      for (let at = pivot; at < matrix.length; at++) other[at] -= factor * (row[at] ?? 0);
      right[below] -= factor * (right[pivot] ?? 0);
    }
  }
  for (let pivot = matrix.length - 1; pivot >= 0; pivot--) {
    const row = /** @type {Float64Array} */ (matrix[pivot]);
    for (let at = pivot + 1; at < matrix.length; at++) right[pivot] -= (row[at] ?? 0) * (right[at] ?? 0);
    right[pivot] /= row[pivot] ?? 1;
  }
  return test.map((clip) =>
    train.reduce((sum, known, at) => sum + (right[at] ?? 0) * (kernel[clip]?.[known] ?? 0), mean),
  );
}
