import * as tf from '@tensorflow/tfjs-core';
import * as reference from './reference.js';
import type { Check } from './self-test.js';

const ROWS = 17;
const INNER = 29;
const COLUMNS = 13;
const A = reference.numbers(ROWS * INNER, 1);
const B = reference.numbers(INNER * COLUMNS, 2);
const a = () => tf.tensor2d(A, [ROWS, INNER]);
const b = () => tf.tensor2d(B, [INNER, COLUMNS]);
const AB = () => reference.multiply(A, B, INNER, COLUMNS);

/** Gradient of half the sum of squares of `a b`: `(a b) bᵀ` and `aᵀ (a b)`. */
const productGradients = () =>
  tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.mul(0.5, tf.sum(tf.square(tf.matMul(a, b)))));

const MATMUL_CHECKS: readonly Check[] = [
  { name: 'matMul', run: () => tf.tidy(() => tf.matMul(a(), b())), expected: AB },
  {
    name: 'matMul, gradient of the left factor',
    run: () => tf.tidy(() => productGradients()([a(), b()])[0]!),
    expected: () => reference.multiply(AB(), reference.transpose(B, COLUMNS), COLUMNS, INNER),
  },
  {
    name: 'matMul, gradient of the right factor',
    run: () => tf.tidy(() => productGradients()([a(), b()])[1]!),
    expected: () => reference.multiply(reference.transpose(A, INNER), AB(), ROWS, COLUMNS),
  },
  {
    name: 'logSoftmax',
    run: () => tf.tidy(() => tf.logSoftmax(a())),
    expected: () => reference.logSoftmax(A, INNER),
  },
];

/** What {@link selfTest} computes: products, exponentials and our own operations, forward and backward. */
export const OPERATION_CHECKS: readonly Check[] = [...MATMUL_CHECKS];
