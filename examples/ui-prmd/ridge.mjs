import { resampleSteps } from '@mcore/clips';
import { foldsOf } from '@mcore/feature-training';
import { openFeatures } from '@mcore/features-loader';
import { areaUnderCurve, summariseFolds } from '@mcore/metrics';

/**
 * What a ridge regression reaches on the same folds, from 16 resampled steps: node ridge.mjs m01.csv [FOLDER OF DATA]. First on angles without
 * jumps, then on features prepared as for MCoRe's heads.
 */
const [list = 'm01.csv', root] = process.argv.slice(2);
const STEPS = 16;
/** Of the mean diagonal of the kernel. */
const RIDGE = 0.3;
/** Deviations at which features are cut off. */
const CLIP = 5;

const angles = /** @type {const} */ ({ form: 'unwrap', from: 0, to: 66 });
for (const [name, prepare] of /** @type {const} */ ([
  ['angles', { angles }],
  ['angles, centred, with ranges', { angles, centre: true, range: true }],
])) {
  const source = await openFeatures(list, { prepare, ...(root === undefined ? {} : { root }) });
  const rows = await Promise.all(
    source.clips.map(async ({ id }) => resampleSteps(await source.readFeatures(id), STEPS).data),
  );
  const passed = source.clips.map((clip) => Number(clip.passed));
  const predicted = new Float64Array(rows.length);
  const perFold = foldsOf(source.clips, 'losocv').map(({ train, test }) => {
    const scores = ridge(rows, passed, train, test);
    for (const [index, clip] of test.entries()) predicted[clip] = scores[index] ?? Number.NaN;
    return areaUnderCurve(
      scores,
      test.map((clip) => passed[clip] ?? Number.NaN),
    );
  });
  const { mean, interval } = summariseFolds(perFold);
  const [low, high] = interval.map((bound) => bound.toFixed(3));
  console.log(
    `${name}: AUC ${mean.toFixed(3)} [${low}, ${high}] over people, ${areaUnderCurve(predicted, passed).toFixed(3)} over all repetitions`,
  );
}

/**
 * Kernel ridge regression with a linear kernel, features normalised on the training rows.
 *
 * @param {readonly Float32Array[]} rows
 * @param {readonly number[]} labels
 * @param {readonly number[]} train
 * @param {readonly number[]} test
 */
function ridge(rows, labels, train, test) {
  const width = rows[0]?.length ?? 0;
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (const row of train) for (let at = 0; at < width; at++) mean[at] += (rows[row]?.[at] ?? 0) / train.length;
  for (const row of train) {
    for (let at = 0; at < width; at++) deviation[at] += ((rows[row]?.[at] ?? 0) - (mean[at] ?? 0)) ** 2 / train.length;
  }
  const normal = (/** @type {number} */ row) =>
    Float64Array.from(rows[row] ?? [], (value, at) =>
      Math.max(-CLIP, Math.min(CLIP, (value - (mean[at] ?? 0)) / (Math.sqrt(deviation[at] ?? 0) + 1e-3))),
    );
  const known = train.map(normal);
  const kernel = known.map((a) => Float64Array.from(known, (b) => dot(a, b)));
  for (const [index, row] of kernel.entries()) row[index] += RIDGE * width;
  const weights = solve(
    kernel,
    train.map((row) => (labels[row] ?? 0) - 0.5),
  );
  return test.map((row) => {
    const features = normal(row);
    return known.reduce((sum, other, index) => sum + (weights[index] ?? 0) * dot(features, other), 0);
  });
}

/**
 * Solves a symmetric positive definite system by Cholesky's decomposition.
 *
 * @param {readonly Float64Array[]} matrix
 * @param {readonly number[]} right
 */
function solve(matrix, right) {
  const size = right.length;
  const lower = Array.from({ length: size }, () => new Float64Array(size));
  const at = (/** @type {number} */ row, /** @type {number} */ column) => lower[row]?.[column] ?? 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let value = matrix[row]?.[column] ?? 0;
      for (let inner = 0; inner < column; inner++) value -= at(row, inner) * at(column, inner);
      /** @type {Float64Array} */ (lower[row])[column] = row === column ? Math.sqrt(value) : value / at(column, column);
    }
  }
  const result = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    for (let inner = 0; inner < row; inner++) result[row] -= at(row, inner) * (result[inner] ?? 0);
    result[row] /= at(row, row);
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let inner = row + 1; inner < size; inner++) result[row] -= at(inner, row) * (result[inner] ?? 0);
    result[row] /= at(row, row);
  }
  return result;
}

/** @param {Float64Array} a @param {Float64Array} b */
function dot(a, b) {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
