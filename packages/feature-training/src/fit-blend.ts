import type { FeatureClip } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { conformalRadius, spearman } from '@mcore/metrics';
import type { TrainingKeeper } from './adam-steps.js';
import { type BlendParts, BlendScorer, blendedValue } from './blend-scorer.js';
import { channelMixing } from './channel-mixing.js';
import { type ChannelMixing, FeatureInput } from './feature-input.js';
import type { FeatureScorer } from './feature-scorer.js';
import { type FitFeaturesOptions, fitFeatures } from './fit-features.js';
import { innerFolds } from './inner-folds.js';
import { assertFeatureTraining, defaultFeatureTraining, type FeatureTrainingSettings } from './settings.js';
import { nonNegativeWeights } from './views/solve.js';
import { type FittedExperts, fitViewExperts } from './views/view-experts.js';
import type { InnerFold } from './views/view-regression.js';
import { type ClipViews, viewsOf } from './views/views.js';

/** What {@link fitBlend} works with. */
export interface FitBlendOptions extends Omit<FitFeaturesOptions, 'centre' | 'mixing' | 'keep'> {
  /** Group that inner folds keep together: that of the protocol outside. The first that clips have unless given; `null` if no group does. */
  readonly group?: string | null;
  /** Inner folds, and so networks; 3 unless given. */
  readonly folds?: number;
  /** Keeps how far the training of a network is; called with its number. */
  readonly keepOf?: (network: number) => TrainingKeeper;
  /** Called before each network is trained, with its number and how many there are. */
  readonly onNetwork?: (network: number, count: number) => void;
  /** Whether networks are trained; `false` leaves regressions alone, which takes seconds. True unless given. */
  readonly networks?: boolean;
}

/** Fewer clips than this say nothing about which predictor is better. */
const FEWEST = 6;

/** Parts of a clip whose channels decide how channels are mixed. */
const MIXED_PARTS = 16;

/** Of the intervals around predictions. */
const LEVEL = 0.9;

/**
 * Trains MCoRe's heads on features together with linear regressions, so that the result is about as good as the better of both whether a data
 * set is small or large, its channels few or thousands.
 *
 * 1. Ridge regressions on four views of a clip; ridge and screening of channels chosen on inner folds.
 * 2. Clips centred if the centred view did better; channels weighted by the screening, and reduced to 48 where there are more than 96.
 * 3. One network of MCoRe's heads an inner fold, trained on the other folds by `fitFeatures`.
 * 4. A prediction is the sum of the mean prediction of the networks and of the regressions, weighted so that predictions on held-out inner
 *    folds fit best (non-negative least squares).
 *
 * Inner folds are made of training clips alone.
 *
 * @param options - See {@link FitBlendOptions}.
 * @returns What scores clips; the caller disposes it.
 * @throws {@link ArgumentError} as `fitFeatures`.
 */
export async function fitBlend(options: FitBlendOptions): Promise<BlendScorer> {
  const {
    source,
    train,
    seed,
    folds: count = 3,
    group,
    networks: hasNetworks = true,
    keepOf,
    onNetwork,
    ...rest
  } = options;
  const settings = { ...defaultFeatureTraining, ...options.settings };
  assertFeatureTraining(settings);
  if (train.length < FEWEST) {
    throw new ArgumentError(
      `fitBlend: expected at least ${FEWEST} training clips, got ${train.length} (mcore-alone takes fewer).`,
    );
  }
  const classes = classesOf(train);
  const folds = innerFolds(train, { folds: count, group, seed: 0 });
  const views: ClipViews[] = [];
  for (const clip of train) views.push(viewsOf(clip, await source.readFeatures(clip.id), classes));
  const targets = source.targets.map((name) => Float64Array.from(train, (clip) => clip.targets[name]!));
  const fitted = await fitViewExperts(views, targets, folds, source.channels);
  const networks: FeatureScorer[] = [];
  try {
    const members = fitted.experts.map((_, expert) => [...fitted.outOfFold[expert]!]);
    if (hasNetworks) {
      const mixing = await mixingOf(options, settings, fitted);
      const fit = { ...rest, source, seed, centre: fitted.centre, mixing };
      members.push(await fitNetworks(fit, { train, folds, networks, keepOf, onNetwork }));
    }
    return new BlendScorer({ source, classes, experts: fitted.experts, networks, ...blended(targets, members) });
  } catch (error) {
    for (const network of networks) network.dispose();
    throw error;
  }
}

/** Classes that regressions tell apart: empty if there is only one, or if the classes have fewer than two clips on average. */
function classesOf(train: readonly FeatureClip[]): string[] {
  const names = [...new Set(train.map(({ diveNumber }) => diveNumber))].sort();
  return names.length > 1 && names.length <= train.length / 2 ? names : [];
}

async function mixingOf(
  { source, train, seed }: FitBlendOptions,
  settings: FeatureTrainingSettings,
  { channelWeights, centre }: FittedExperts,
): Promise<ChannelMixing | null> {
  const steps = settings.model.steps ?? defaultFeatureTraining.model.steps!;
  const raw = await FeatureInput.read(source, train, steps);
  const input = centre ? raw.centred() : raw;
  const rows = input.normalisedParts(train, MIXED_PARTS, input.statistics(train));
  return channelMixing(rows, channelWeights, seed);
}

/** Trains a network on the other folds of every inner fold; predictions of every target for the clips that its network did not see. */
async function fitNetworks(
  fit: Omit<FitFeaturesOptions, 'train'>,
  {
    train,
    folds,
    networks,
    keepOf,
    onNetwork,
  }: {
    train: readonly FeatureClip[];
    folds: readonly InnerFold[];
    networks: FeatureScorer[];
    keepOf: FitBlendOptions['keepOf'];
    onNetwork: FitBlendOptions['onNetwork'];
  },
): Promise<Float64Array[]> {
  const outOfFold = fit.source.targets.map(() => new Float64Array(train.length));
  for (const [index, fold] of folds.entries()) {
    onNetwork?.(index, folds.length);
    const network = await fitFeatures({
      ...fit,
      ...(keepOf && { keep: keepOf(index) }),
      train: fold.train.map((at) => train[at]!),
      seed: `${fit.seed} ${index}`,
    });
    networks.push(network);
    const predictions = await network.predict(fold.test.map((at) => train[at]!));
    for (const [at, { targets }] of predictions.entries()) {
      for (const [target, name] of fit.source.targets.entries()) {
        outOfFold[target]![fold.test[at]!] = targets[name]!;
      }
    }
  }
  return outOfFold;
}

/** Weights of the members, members x targets, and how wide intervals have to be. */
function blended(
  targets: readonly Float64Array[],
  members: readonly (readonly Float64Array[])[],
): Pick<BlendParts, 'means' | 'weights' | 'halfWidths' | 'level' | 'innerSrcc'> {
  const means = targets.map((target) => target.reduce((sum, value) => sum + value, 0) / target.length);
  const byTarget = targets.map((target, index) => {
    const centred = members.map((member) => member[index]!.map((value) => value - means[index]!));
    return nonNegativeWeights(
      centred,
      target.map((value) => value - means[index]!),
    );
  });
  const predicted = targets.map((target, index) =>
    target.map((_, clip) =>
      blendedValue(
        members.map((member) => member[index]![clip]!),
        byTarget[index]!,
        means[index]!,
      ),
    ),
  );
  const halfWidths = targets.map((target, index) =>
    conformalRadius(
      target.map((value, clip) => predicted[index]![clip]! - value),
      LEVEL,
    ),
  );
  const innerSrcc = targets.map((target, index) => spearman(predicted[index]!, target));
  const weights = members.map((_, member) => byTarget.map((row) => row[member]!));
  return { means, weights, halfWidths, level: LEVEL, innerSrcc };
}
