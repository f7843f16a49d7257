import { type FeatureClip, type FeatureSequence, type FeatureSource, scoreFunctions } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import type { FoldPrediction } from './cross-validate.js';
import { evaluateFolds, type FoldEvaluation } from './evaluate-folds.js';
import type { FeaturePrediction } from './feature-scorer.js';
import type { AnyScorer, FeatureWeightsInfo } from './feature-weights.js';

/** What a file of features scores. */
export interface ScoredFeatures {
  readonly file: string;
  /** Made of the targets. */
  readonly score: number;
  readonly targets: Readonly<Record<string, number>>;
  /** Of every target, where the method has intervals. */
  readonly intervals?: Readonly<Record<string, readonly [number, number]>>;
  /** First steps of stages 2, 3, ..., where the method finds them. */
  readonly transitions: readonly number[];
  readonly steps: number;
}

/**
 * Scores features that no data set lists.
 *
 * @param scorer - From `fitMethod`, or from files.
 * @param info - Of its weights.
 * @param clips - Features, prepared as those of the training clips were.
 * @param action - Their class; they are compared with exemplars of any class unless given.
 * @throws {@link DataError} if features have other channels than the weights.
 */
export async function scoreSequences(
  scorer: Pick<AnyScorer, 'predict'>,
  info: FeatureWeightsInfo,
  clips: readonly { readonly file: string; readonly sequence: FeatureSequence }[],
  action = 'any',
): Promise<ScoredFeatures[]> {
  const scores: ScoredFeatures[] = [];
  for (const { file, sequence } of clips) {
    assertChannels(sequence.channels, info, file);
    const clip: FeatureClip = {
      ...{ id: file, competition: '', diveNumber: action, score: 0, difficulty: 1, split: 'test' },
      ...{ frameCount: sequence.steps, transitions: [], targets: {}, groups: {} },
    };
    const predictions: (FeaturePrediction & Pick<ScoredFeatures, 'intervals'>)[] = await scorer.predict([clip], {
      readFeatures: async () => sequence,
    });
    const { targets, transitions, intervals } = predictions[0]!;
    const score = scoreFunctions[info.scoreOf](info.targets.map((name) => targets[name]!));
    scores.push({ file, score, targets, ...(intervals && { intervals }), transitions, steps: sequence.steps });
  }
  return scores;
}

/**
 * Predicts the test clips of a data set and measures how well.
 *
 * @param scorer - From `fitMethod`, or from files.
 * @param info - Of its weights.
 * @param test - `data` names the source in messages; `allowSeenClips` tests on all clips, those of the training among them.
 * @throws {@link DataError} if channels or targets differ, or fewer than two test clips are new to the weights.
 */
export async function evaluateTestClips(
  scorer: Pick<AnyScorer, 'predict'>,
  info: FeatureWeightsInfo,
  { source, data, allowSeenClips }: { source: FeatureSource; data: string; allowSeenClips: boolean },
): Promise<{ evaluation: FoldEvaluation; predictions: FoldPrediction[] }> {
  assertChannels(source.channels, info, data);
  const missing = info.targets.find((name) => !source.targets.includes(name));
  if (missing !== undefined) {
    throw new DataError(
      `evaluateTestClips: expected the target ${missing} in ${data}, got ${source.targets.join(', ')}.`,
    );
  }
  const seen = new Set(info.trainedClips);
  const test = source.clips.filter(({ id, split }) => allowSeenClips || (split === 'test' && !seen.has(id)));
  if (test.length < 2) {
    throw new DataError(
      `evaluateTestClips: expected at least 2 test clips in ${data} that did not train the weights, got ${test.length} of ${source.clips.length}. Mark some as test in a column split, or add --allow-seen-clips.`,
    );
  }
  const predictions = (await scorer.predict(test, source)).map((each) => ({ ...each, fold: 'test' }));
  return { predictions, evaluation: evaluateFolds(source, predictions, { scoreOf: scoreFunctions[info.scoreOf] }) };
}

function assertChannels(got: number, { channels }: FeatureWeightsInfo, file: string): void {
  if (got === channels) return;
  throw new DataError(`predict: expected ${channels} channels in ${file}, as the weights were trained on, got ${got}.`);
}
