import { evaluateOn } from '../evaluation/evaluate.js';
import type { Evaluated, EvaluateOptions } from '../evaluation/evaluate-options.js';
import { fitOn } from '../fit/fit.js';
import type { FitOptions, FitResult } from '../fit/fit-options.js';
import { type NodeOptions, nodePlatform } from './node-platform.js';

/** `fit` of `@mcore/training` with what Node.js can be told besides; see there. */
export async function fit(options: FitOptions & NodeOptions): Promise<FitResult> {
  return fitOn(options, await nodePlatform(options, 'fit'));
}

/** `evaluate` of `@mcore/training` with what Node.js can be told besides; see there. */
export async function evaluate(options: EvaluateOptions & NodeOptions): Promise<Evaluated> {
  return evaluateOn(options, await nodePlatform(options, 'evaluate'));
}
