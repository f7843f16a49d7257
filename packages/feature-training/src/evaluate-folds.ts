import { type FeatureClip, type FeatureSource, scoreFunctions } from '@mcore/clips';
import {
  accuracy,
  areaUnderCurve,
  type BootstrapOptions,
  bootstrapInterval,
  type FoldSummary,
  meanAbsoluteError,
  relativeL2,
  spearman,
  summariseFolds,
} from '@mcore/metrics';
import type { FoldPrediction } from './cross-validate.js';

/** Metrics of one target, or of the score made of all. */
export interface TargetMetrics {
  /** Name of the target; `score` of their sum, product or mean as the data has it. */
  readonly target: string;
  /** SRCC over all test clips. */
  readonly srcc: number;
  readonly srccInterval: [number, number];
  /** Over folds, Fisher's z mean among them. */
  readonly srccFolds: FoldSummary;
  /** Relative L2 x 100 over all test clips. */
  readonly rl2x100: number;
  readonly mae: number;
}

/** Metrics of verdicts, where the data has them. */
export interface VerdictMetrics {
  /** Area under the ROC curve over all test clips: scores of all folds on one scale. */
  readonly auc: number;
  readonly aucInterval: [number, number];
  /** Over folds: each is ranked by itself. */
  readonly aucFolds: FoldSummary;
  /** At the threshold 0.5: of data whose scores are verdicts, 0 or 1. */
  readonly accuracy: number;
  readonly accuracyFolds: FoldSummary;
}

/** What {@link evaluateFolds} returns. */
export interface FoldEvaluation {
  readonly clips: number;
  readonly folds: number;
  readonly targets: readonly TargetMetrics[];
  readonly verdicts?: VerdictMetrics;
}

/**
 * Metrics of predictions of cross-validation: every target by itself and the score made of them, over all clips and as means over folds.
 *
 * @param source - Labels.
 * @param predictions - From `crossValidate`.
 * @param options - `scoreOf`: how a score is made of several targets, `'sum'` unless given; and options of the bootstrap.
 * @returns Metrics; NaN where one is undefined.
 */
export function evaluateFolds(
  source: Pick<FeatureSource, 'clips' | 'targets'>,
  predictions: readonly FoldPrediction[],
  options: { readonly scoreOf?: (targets: readonly number[]) => number } & BootstrapOptions = {},
): FoldEvaluation {
  const { scoreOf = scoreFunctions.sum, ...bootstrap } = options;
  const byId = new Map(source.clips.map((clip) => [clip.id, clip]));
  const clips = predictions.map(({ id }) => byId.get(id)!);
  const folds = predictions.map(({ fold }) => fold);
  const scoreOfPrediction = ({ targets }: FoldPrediction) => scoreOf(source.targets.map((name) => targets[name]!));
  const rows: [string, number[], number[]][] = source.targets.map((name) => [
    name,
    predictions.map(({ targets }) => targets[name]!),
    clips.map(({ targets }) => targets[name]!),
  ]);
  if (source.targets.length > 1) {
    rows.push(['score', predictions.map(scoreOfPrediction), clips.map(({ score }) => score)]);
  }
  const verdicts = clips.every((clip): clip is FeatureClip & { passed: boolean } => clip.passed !== undefined)
    ? verdictMetrics(
        predictions.map(scoreOfPrediction),
        clips.map(({ passed }) => Number(passed)),
        folds,
        bootstrap,
      )
    : undefined;
  return {
    clips: predictions.length,
    folds: new Set(folds).size,
    targets: rows.map(([target, predicted, actual]) => targetMetrics(target, predicted, actual, folds, bootstrap)),
    ...(verdicts && { verdicts }),
  };
}

function targetMetrics(
  target: string,
  predicted: number[],
  actual: number[],
  folds: readonly string[],
  bootstrap: BootstrapOptions,
): TargetMetrics {
  return {
    target,
    srcc: spearman(predicted, actual),
    srccInterval: bootstrapInterval<number, number>(spearman, predicted, actual, bootstrap),
    srccFolds: summariseFolds(perFold(spearman, predicted, actual, folds), bootstrap),
    rl2x100: new Set(actual).size > 1 ? 100 * relativeL2(predicted, actual) : Number.NaN,
    mae: meanAbsoluteError(predicted, actual),
  };
}

function verdictMetrics(
  predicted: number[],
  passed: number[],
  folds: readonly string[],
  bootstrap: BootstrapOptions,
): VerdictMetrics {
  const verdict = (scores: number[], verdicts: number[]) => accuracy(scores, verdicts);
  return {
    auc: areaUnderCurve(predicted, passed),
    aucInterval: bootstrapInterval<number, number>(areaUnderCurve, predicted, passed, bootstrap),
    aucFolds: summariseFolds(perFold(areaUnderCurve, predicted, passed, folds), bootstrap),
    accuracy: verdict(predicted, passed),
    accuracyFolds: summariseFolds(perFold(verdict, predicted, passed, folds), bootstrap),
  };
}

function perFold(
  metric: (predicted: number[], actual: number[]) => number,
  predicted: readonly number[],
  actual: readonly number[],
  folds: readonly string[],
): number[] {
  return [...new Set(folds)].map((name) => {
    const of = (values: readonly number[]) => values.filter((_, index) => folds[index] === name);
    return metric(of(predicted), of(actual));
  });
}
