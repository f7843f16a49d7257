import { gateShift, groupedConv2d, pointwise } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import * as reference from './reference.js';
import { gateShift as referenceGateShift } from './reference-gate-shift.js';

/** A computation on the engine and the same in float64. */
export interface Check {
  readonly name: string;
  /** Computes on the current backend; the caller disposes the result. */
  readonly run: () => tf.Tensor | Promise<tf.Tensor>;
  /** The same numbers, computed by plain JavaScript loops in float64. */
  readonly expected: () => Float64Array;
}

const ROWS = 17;
const INNER = 29;
const COLUMNS = 13;
const A = reference.numbers(ROWS * INNER, 1);
const B = reference.numbers(INNER * COLUMNS, 2);
const BIAS = reference.numbers(COLUMNS, 3);
const a = () => tf.tensor2d(A, [ROWS, INNER]);
const b = () => tf.tensor2d(B, [INNER, COLUMNS]);
const product = () => reference.multiply(A, B, INNER, COLUMNS);

/** Gradients of half the sum of squares of `a b`: `(a b) bᵀ` and `aᵀ (a b)`. */
const productGradient = (index: 0 | 1) => () =>
  tf.tidy(() => {
    const loss = (a: tf.Tensor, b: tf.Tensor) => tf.mul(0.5, tf.sum(tf.square(tf.matMul(a, b))));
    return tf.grads(loss)([a(), b()])[index]!;
  });

const MATMUL_CHECKS: readonly Check[] = [
  { name: 'matMul', run: () => tf.tidy(() => tf.matMul(a(), b())), expected: product },
  {
    name: 'matMul, gradient of the left factor',
    run: productGradient(0),
    expected: () => reference.multiply(product(), reference.transpose(B, COLUMNS), COLUMNS, INNER),
  },
  {
    name: 'matMul, gradient of the right factor',
    run: productGradient(1),
    expected: () => reference.multiply(reference.transpose(A, INNER), product(), ROWS, COLUMNS),
  },
  { name: 'logSoftmax', run: () => tf.tidy(() => tf.logSoftmax(a())), expected: () => reference.logSoftmax(A, INNER) },
];

const layer = (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
  pointwise(a, b as tf.Tensor2D, bias as tf.Tensor1D, { activation: 'relu' });
const layerOutput = () => product().map((value, i) => Math.max(0, value + BIAS[i % COLUMNS]!));

/** Gradient of half the sum of squares of the layer: where ReLU lets through, the output itself is the gradient. */
const layerGradient = (index: 0 | 1 | 2) => () =>
  tf.tidy(() => {
    const loss = (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) => tf.mul(0.5, tf.sum(tf.square(layer(a, b, bias))));
    return tf.grads(loss)([a(), b(), tf.tensor1d(BIAS)])[index]!;
  });

const POINTWISE_CHECKS: readonly Check[] = [
  { name: 'pointwise', run: () => tf.tidy(() => layer(a(), b(), tf.tensor1d(BIAS))), expected: layerOutput },
  {
    name: 'pointwise, gradient of the input',
    run: layerGradient(0),
    expected: () => reference.multiply(layerOutput(), reference.transpose(B, COLUMNS), COLUMNS, INNER),
  },
  {
    name: 'pointwise, gradient of the weights',
    run: layerGradient(1),
    expected: () => reference.multiply(reference.transpose(A, INNER), layerOutput(), ROWS, COLUMNS),
  },
  {
    name: 'pointwise, gradient of the bias',
    run: layerGradient(2),
    expected: () => reference.multiply(new Float64Array(ROWS).fill(1), layerOutput(), ROWS, COLUMNS),
  },
];

/** Two groups of 8 channels, as wide as the backbone's, on an odd and an even size. */
const CONVOLUTION = { batch: 2, height: 6, width: 5, channels: 16, groups: 2, stride: 2 } as const;
const X = reference.numbers(2 * 6 * 5 * 16, 4);
const FILTER = reference.numbers(3 * 3 * 8 * 16, 5);
const WEIGHT = reference.numbers(2 * 3 * 3 * 16, 6);
const x = () => tf.tensor4d(X, [2, 6, 5, 16]);
const filter = () => tf.tensor4d(FILTER, [3, 3, 8, 16]);
const convolution = (x: tf.Tensor, filter: tf.Tensor) =>
  groupedConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, CONVOLUTION);
const convolutionGradient = (index: 0 | 1) => () =>
  tf.tidy(() => tf.grads(convolution)([x(), filter()], tf.tensor4d(WEIGHT, [2, 3, 3, 16]))[index]!);

const CONVOLUTION_CHECKS: readonly Check[] = [
  {
    name: 'groupedConv2d',
    run: () => tf.tidy(() => convolution(x(), filter())),
    expected: () => reference.convolve(X, FILTER, CONVOLUTION),
  },
  {
    name: 'groupedConv2d, gradient of the input',
    run: convolutionGradient(0),
    expected: () => reference.convolveGradients(X, FILTER, WEIGHT, CONVOLUTION).x,
  },
  {
    name: 'groupedConv2d, gradient of the filter',
    run: convolutionGradient(1),
    expected: () => reference.convolveGradients(X, FILTER, WEIGHT, CONVOLUTION).filter,
  },
];

const CLIP = reference.numbers(2 * 3 * 4 * 8, 7);
const GATE = reference.numbers(2 * 3 * 4 * 2, 8);

const GATE_CHECKS: readonly Check[] = [
  {
    name: 'gateShift',
    run: () => tf.tidy(() => gateShift(tf.tensor5d(CLIP, [2, 3, 2, 2, 8]), tf.tensor5d(GATE, [2, 3, 2, 2, 2]))),
    expected: () => referenceGateShift(CLIP, GATE, { batch: 2, time: 3, positions: 4, channels: 8 }),
  },
];

/** What `selfTest` computes: products, exponentials and operations of our own, forward and backward. */
export const OPERATION_CHECKS: readonly Check[] = [
  ...MATMUL_CHECKS,
  ...POINTWISE_CHECKS,
  ...CONVOLUTION_CHECKS,
  ...GATE_CHECKS,
];
