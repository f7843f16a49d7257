import { fisherMean, spearman } from './correlation.js';
import { relativeL2 } from './differences.js';
import { assertPaired } from './metrics-error.js';

/** Metrics of one class of actions. */
export interface ClassFigures<Class> {
  readonly name: Class;
  readonly clips: number;
  /** Spearman's rank correlation within the class. */
  readonly srcc: number;
  /** Relative L2 within the class, over its own range of true scores; papers report it x100. */
  readonly relativeL2: number;
}

/** Result of {@link figuresByClass}. */
export interface FiguresByClass<Class> {
  /** In the order in which the classes first occur. */
  readonly classes: readonly ClassFigures<Class>[];
  /** Mean of the correlations through Fisher's z. */
  readonly srcc: number;
  /** Plain mean of the relative L2 distances. */
  readonly relativeL2: number;
}

/**
 * Metrics by class, for data sets that are reported this way: AQA-7 over its six sports, JIGSAWS over its three tasks, Fis-V over its two
 * scores (TES and PCS).
 *
 * Each class has its own rank correlation and relative L2. Correlations are averaged through Fisher's z ({@link fisherMean}), distances by
 * their plain mean. Source: Pan et al., "Action Assessment by Joint Relation Graphs", ICCV 2019, section 4 (Fisher's z);
 * Yu et al., "Group-aware Contrastive Regression for Action Quality Assessment", ICCV 2021, table 3 (R-l2).
 *
 * @param predicted - Scores.
 * @param actual - As many true scores.
 * @param classes - As many class names or numbers.
 * @returns Each class and the means; a class of one clip or of equal scores gives NaN, and so does the mean.
 * @throws {@link MetricsError} if the lengths differ or are 0.
 */
export function figuresByClass<Class>(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: ArrayLike<Class>,
): FiguresByClass<Class> {
  assertPaired('figuresByClass', predicted, actual);
  assertPaired('figuresByClass', predicted, classes, ['predicted', 'classes']);
  const groups = new Map<Class, { predicted: number[]; actual: number[] }>();
  for (let clip = 0; clip < predicted.length; clip++) {
    const group = groups.get(classes[clip]!) ?? { predicted: [], actual: [] };
    groups.set(classes[clip]!, group);
    group.predicted.push(predicted[clip]!);
    group.actual.push(actual[clip]!);
  }
  const figures = [...groups].map(([name, group]) => ({
    name,
    clips: group.actual.length,
    srcc: spearman(group.predicted, group.actual),
    relativeL2: relativeL2(group.predicted, group.actual),
  }));
  return {
    classes: figures,
    srcc: fisherMean(figures.map(({ srcc }) => srcc)),
    relativeL2: figures.reduce((sum, figure) => sum + figure.relativeL2, 0) / figures.length,
  };
}
