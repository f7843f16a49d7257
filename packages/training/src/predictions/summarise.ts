import { ArgumentError } from '@mcore/errors';
import type { Evaluation } from './evaluate-predictions.js';

/** A figure over several evaluations: seeds, epochs or draws of exemplars. */
export interface Spread {
  mean: number;
  /** Standard deviation with n - 1; NaN of a single value. */
  deviation: number;
  values: number[];
}

/** {@link summarise} by figure. */
export interface EvaluationSpread {
  srcc: Spread;
  rl2x100: Spread;
  meanAbsoluteError: Spread;
  aiou50: Spread;
  aiou75: Spread;
}

/** Mean and standard deviation of every figure over evaluations of the same clips. */
export function summarise(evaluations: readonly Pick<Evaluation, 'scores' | 'transitions'>[]): EvaluationSpread {
  const over = (figureOf: (evaluation: Pick<Evaluation, 'scores' | 'transitions'>) => number) =>
    spread(evaluations.map(figureOf));
  return {
    srcc: over(({ scores }) => scores.srcc.value),
    rl2x100: over(({ scores }) => scores.rl2x100.value),
    meanAbsoluteError: over(({ scores }) => scores.meanAbsoluteError),
    aiou50: over(({ transitions }) => transitions.aiou50.value),
    aiou75: over(({ transitions }) => transitions.aiou75.value),
  };
}

/** Mean and standard deviation (n - 1) of at least one value. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new ArgumentError('spread: expected at least one value, got none.');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)), values: [...values] };
}
