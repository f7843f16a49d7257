import { METHODS, type MethodName } from '@mcore/aqa-heads';
import type { BlendScorer } from './blend-scorer.js';
import type { FeatureScorer } from './feature-scorer.js';
import { type FitBlendOptions, fitBlend } from './fit-blend.js';
import { fitFeatures } from './fit-features.js';
import { fitHead } from './fit-head.js';
import type { HeadScorer } from './head-scorer.js';

/**
 * What can be trained on features: `mcore`, MCoRe's heads blended with regressions (`fitBlend`); `mcore-alone`, the heads by themselves
 * (`fitFeatures`); `ridge`, the regressions by themselves; or a method that MCoRe is compared with (`fitHead`).
 */
export type FeatureMethod = 'mcore' | 'mcore-alone' | 'ridge' | MethodName;

/** All of {@link FeatureMethod}. */
export const featureMethods: readonly FeatureMethod[] = ['mcore', 'mcore-alone', 'ridge', ...METHODS];

/** Trains a method by its name; see {@link FeatureMethod}. The caller disposes the result. */
export async function fitMethod(
  options: FitBlendOptions & { readonly method: FeatureMethod },
): Promise<BlendScorer | FeatureScorer | HeadScorer> {
  const { method, group, folds, networks, keepOf, onNetwork, ...rest } = options;
  const fit = { ...rest, ...(keepOf && { keep: keepOf(0) }) };
  switch (method) {
    case 'mcore':
      return fitBlend(options);
    case 'ridge':
      return fitBlend({ ...options, networks: false });
    case 'mcore-alone':
      return fitFeatures(fit);
    default:
      return fitHead({ ...fit, method });
  }
}
