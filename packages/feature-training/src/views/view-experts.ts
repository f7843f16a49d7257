import { deviationOf } from './deviation.js';
import { fitView, gramOf, type InnerFold, type ViewRegression, type ViewTable } from './view-regression.js';
import { type ClipViews, type ViewName, viewNames } from './views.js';

/** Normalised numbers of a view are cut off at this many deviations. */
const CLIP_DEVIATIONS = 5;

/** Deviations below this are those of a number that never changes. */
const SMALLEST_DEVIATION = 1e-6;

/** A linear regression of every target on one view; plain data. */
export interface ViewExpert {
  readonly view: ViewName;
  /** Of every number of the view over the training clips. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  /** One a target: as many numbers as the view has. */
  readonly weights: readonly Float32Array[];
  readonly biases: readonly number[];
}

/** What {@link fitViewExperts} gives. */
export interface FittedExperts {
  readonly experts: readonly ViewExpert[];
  /** Experts x targets: predictions of every clip by regressions that did not see it. */
  readonly outOfFold: readonly (readonly Float64Array[])[];
  /** How much every channel follows the targets, at most 1; all 1 where no channel stands out. */
  readonly channelWeights: Float32Array;
  /** Whether the mean of a clip says less than how it moves around it: the centred view did better than the plain one. */
  readonly centre: boolean;
}

/**
 * Fits a regression of every target on every view.
 *
 * @param views - Of the training clips.
 * @param targets - Targets x clips.
 * @param folds - Inner folds of the training clips, which choose ridge and screening.
 * @param channels - Of the features.
 */
export async function fitViewExperts(
  views: readonly ClipViews[],
  targets: readonly Float64Array[],
  folds: readonly InnerFold[],
  channels: number,
): Promise<FittedExperts> {
  const experts: ViewExpert[] = [];
  const outOfFold: Float64Array[][] = [];
  const errors: number[][] = [];
  const variances = targets.map((target) => deviationOf([...target]) ** 2);
  const best = targets.map((): ViewRegression | undefined => undefined);
  for (const view of viewNames) {
    const { table, mean, deviation } = normalisedTable(views, view, channels);
    const kernel = await gramOf(table);
    const fitted: ViewRegression[] = [];
    for (const [index, target] of targets.entries()) {
      const regression = await fitView(table, target, folds, kernel);
      fitted.push(regression);
      if (view !== 'context' && !(regression.error >= (best[index]?.error ?? Number.POSITIVE_INFINITY))) {
        best[index] = regression;
      }
    }
    experts.push({
      ...{ view, mean, deviation },
      weights: fitted.map(({ weight }) => weight),
      biases: fitted.map(({ bias }) => bias),
    });
    outOfFold.push(fitted.map((regression) => regression.outOfFold));
    errors.push(fitted.map(({ error }, target) => error / (variances[target] || 1)));
  }
  const channelWeights = new Float32Array(channels);
  for (const regression of best) {
    for (let channel = 0; channel < channels; channel++) {
      channelWeights[channel] = Math.max(channelWeights[channel]!, regression!.channelWeights[channel]!);
    }
  }
  const errorOf = (view: ViewName) => errors[viewNames.indexOf(view)]!.reduce((sum, error) => sum + error, 0);
  return { experts, outOfFold, channelWeights, centre: errorOf('centred') < errorOf('steps') };
}

/** What an expert says of a clip, one number a target. */
export function expertPredictions({ view, mean, deviation, weights, biases }: ViewExpert, views: ClipViews): number[] {
  const values = views[view].map((value, at) => cutOff((value - mean[at]!) / deviation[at]!));
  return weights.map((weight, target) => values.reduce((sum, value, at) => sum + value * weight[at]!, biases[target]!));
}

function normalisedTable(
  views: readonly ClipViews[],
  name: ViewName,
  channels: number,
): { table: ViewTable; mean: Float32Array; deviation: Float32Array } {
  const size = views[0]![name].length;
  const [mean, square] = [new Float64Array(size), new Float64Array(size)];
  for (const view of views) for (let at = 0; at < size; at++) mean[at]! += view[name][at]! / views.length;
  for (const view of views) {
    for (let at = 0; at < size; at++) square[at]! += (view[name][at]! - mean[at]!) ** 2 / views.length;
  }
  const deviation = Float32Array.from(square, (value) => {
    const root = Math.sqrt(value);
    return root < SMALLEST_DEVIATION ? 1 : root;
  });
  const means = Float32Array.from(mean);
  const data = new Float32Array(size * views.length);
  for (const [clip, view] of views.entries()) {
    for (let at = 0; at < size; at++) data[clip * size + at] = cutOff((view[name][at]! - means[at]!) / deviation[at]!);
  }
  const width = name === 'context' ? size : channels;
  return { table: { rows: size / width, channels: width, data }, mean: means, deviation };
}

function cutOff(value: number): number {
  return Math.max(-CLIP_DEVIATIONS, Math.min(CLIP_DEVIATIONS, value));
}
