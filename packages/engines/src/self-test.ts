import { checkStreamKernels, streamKernels } from '@mcore/backbone-stream';
import * as tf from '@tensorflow/tfjs-core';
import { type Check, OPERATION_CHECKS } from './self-test-checks.js';
import type { SelfTestCheck, SelfTestReport } from './types.js';

/**
 * Largest error a check may have, as a share of the largest value of its result. float32 gives 1e-7 to 1e-6 on the sums
 * of this test and `tanh` on a GPU up to 1e-5; a wrong kernel is off by 1e-2 and more, and TF32 products by 1e-3.
 */
export const SELF_TEST_TOLERANCE = 1e-4;

/**
 * Compares the current tfjs backend with plain JavaScript in float64: products of matrices, a log-softmax, operations of
 * `@mcore/ops` and gradients of them, on a few hundred numbers each.
 *
 * @param checks - What is computed; the default is what `useEngine` runs.
 * @returns The errors of all checks; nothing is thrown where the engine fails.
 */
export async function selfTest(checks: readonly Check[] = OPERATION_CHECKS): Promise<SelfTestReport> {
  const start = performance.now();
  // the webgpu backend would compute small tensors on the cpu backend, and the test would test that one
  const restore = overrideFlag('WEBGPU_CPU_FORWARD', false);
  const results: SelfTestCheck[] = [];
  try {
    for (const check of checks) results.push(await runCheck(check));
    results.push(...streamCheck());
  } finally {
    restore();
  }
  return {
    passed: results.every((check) => check.passed),
    tolerance: SELF_TEST_TOLERANCE,
    worst: results.reduce((worst, { error }) => (Number.isNaN(error) || error > worst ? error : worst), 0),
    milliseconds: performance.now() - start,
    checks: results,
  };
}

/** The backbone's own kernels, where there are some: against stored features. */
function streamCheck(): SelfTestCheck[] {
  const kernels = streamKernels();
  if (!kernels) return [];
  const name = 'streaming backbone';
  try {
    const error = checkStreamKernels(kernels);
    return [{ name, error, passed: error <= SELF_TEST_TOLERANCE }];
  } catch (cause) {
    return [
      { name, error: Number.NaN, passed: false, failure: cause instanceof Error ? cause.message : String(cause) },
    ];
  }
}

async function runCheck({ name, run, expected }: Check): Promise<SelfTestCheck> {
  let result: tf.Tensor | undefined;
  try {
    result = await run();
    const error = relativeError(await result.data(), expected());
    return { name, error, passed: error <= SELF_TEST_TOLERANCE };
  } catch (cause) {
    return { name, error: Number.NaN, passed: false, failure: cause instanceof Error ? cause.message : String(cause) };
  } finally {
    result?.dispose();
  }
}

/**
 * Largest absolute difference over the largest absolute expected value.
 *
 * @param actual - Values to judge.
 * @param expected - What they should be.
 * @returns At least 0; `NaN` where the lengths differ or a value isn't finite.
 */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    if (!Number.isFinite(actual[i])) return Number.NaN;
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return difference / scale;
}

function overrideFlag(flag: string, value: boolean): () => void {
  let before: boolean;
  try {
    before = tf.env().getBool(flag);
  } catch {
    return () => {}; // the backend that owns the flag isn't loaded
  }
  tf.env().set(flag, value);
  return () => tf.env().set(flag, before);
}
