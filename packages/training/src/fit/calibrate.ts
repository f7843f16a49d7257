import { ArgumentError } from '@mcore/errors';
import { conformalRadius } from '@mcore/metrics';
import {
  BankFeatures,
  type Calibration,
  calibrateOutliers,
  type EncodedClip,
  type Exemplar,
  ExemplarBank,
  type InexactMatch,
  type MatchCalibration,
  type MCoReConfig,
  nearestExemplars,
  type OutlierLimits,
  type OutlierMeasures,
  type ScoredClip,
  transitionFlatness,
} from '@mcore/model';
import { Random } from '@mcore/random';

/** Level of the interval that scores are printed with. */
export const INTERVAL_LEVEL = 0.9;

/** A clip that neither trained nor chose the weights, encoded with them. */
export interface CalibrationClip {
  diveNumber: string;
  difficulty: number;
  /** The judges' score. */
  score: number;
  encoded: Pick<EncodedClip, 'stages' | 'logits'>;
}

/** What {@link calibrateScores} works with. */
export interface CalibrationSetup {
  config: MCoReConfig;
  bank: ExemplarBank;
  /** Scores a clip's stages against exemplars. */
  compare: (stages: Float32Array, exemplars: readonly Exemplar[]) => Promise<ScoredClip>;
  /** Of the draw of exemplars. */
  seed: number | string;
}

/** What is said of scores besides themselves; a part is absent where there are too few clips for it. */
export interface CalibratedScores {
  calibration?: Calibration;
  outliers?: OutlierLimits;
}

/** How exemplars are found for a clip. */
export type ExemplarKind = 'same' | InexactMatch;

/**
 * Calibrates intervals for each way that exemplars are found, and the limits beyond which a clip counts as unlike the training clips.
 *
 * A clip is compared as a user's would be: with exemplars of its class, with those of the nearest classes as if its own had no exemplars, and with the
 * nearest by features as if its class were unknown.
 */
export async function calibrateScores(
  clips: readonly CalibrationClip[],
  setup: CalibrationSetup,
): Promise<CalibratedScores> {
  const features = new BankFeatures(setup.bank);
  const residuals: Record<ExemplarKind, number[]> = { same: [], nearestClass: [], nearestFeatures: [] };
  const measures: OutlierMeasures[] = [];
  const choose = exemplarChooser(setup);
  for (const clip of clips) {
    const { stages, logits } = clip.encoded;
    const spreads: number[] = [];
    for (const kind of Object.keys(residuals) as ExemplarKind[]) {
      const exemplars = choose(clip, kind);
      if (exemplars.length === 0) continue;
      const { score, spread } = await setup.compare(stages, exemplars);
      residuals[kind].push(score - clip.score);
      // people may know the class or not
      if (kind !== 'nearestClass') spreads.push(spread);
    }
    measures.push({
      featureDistance: features.distance(stages),
      transitionFlatness: transitionFlatness(logits, setup.config),
      voteSpread: Math.max(0, ...spreads),
    });
  }
  const { same, ...inexact } = residuals;
  return { ...calibrationOf({ same }, matchesOf(inexact)), ...limitsOf(measures) };
}

/** Chooses exemplars out of the bank in each way; the nearest classes are drawn from a bank without the clip's own. */
export function exemplarChooser({ bank, config, seed }: Pick<CalibrationSetup, 'bank' | 'config' | 'seed'>) {
  const count = config.exemplars;
  const without = new Map<string, ExemplarBank | undefined>();
  const others = (name: string) => {
    if (!without.has(name)) {
      const exemplars = bank.exemplars.filter(({ diveNumber }) => diveNumber !== name);
      without.set(name, exemplars.length === 0 ? undefined : new ExemplarBank(exemplars, bank.shape, bank.weightsId));
    }
    return without.get(name);
  };
  return (clip: Omit<CalibrationClip, 'score'>, kind: ExemplarKind): readonly Exemplar[] => {
    const { diveNumber: name, difficulty } = clip;
    if (kind === 'nearestFeatures') return nearestExemplars(bank, clip.encoded.stages, count);
    if (kind === 'same' && !bank.diveNumbers.includes(name)) return [];
    const from = kind === 'same' ? bank : others(name);
    try {
      return from?.draw(name, count, Random.for(seed, 'exemplars', name), difficulty).exemplars ?? [];
    } catch (error) {
      // classes that are no dive numbers have no nearest ones
      if (error instanceof ArgumentError) return [];
      throw error;
    }
  };
}

/** The interval that holds the wanted fraction of the clips; absent if the clips are too few. */
export function calibrationOf(
  { same }: { same: readonly number[] },
  byMatch?: Calibration['byMatch'],
): { calibration?: Calibration } {
  const exact = radiusOf(same);
  return exact ? { calibration: { level: INTERVAL_LEVEL, ...exact, ...(byMatch && { byMatch }) } } : {};
}

function matchesOf(inexact: Readonly<Record<InexactMatch, readonly number[]>>): NonNullable<Calibration['byMatch']> {
  const found = Object.entries(inexact).map(([kind, residuals]) => [kind, radiusOf(residuals)] as const);
  return Object.fromEntries(found.filter(([, radius]) => radius !== undefined));
}

function radiusOf(residuals: readonly number[]): MatchCalibration | undefined {
  if (residuals.length === 0) return undefined;
  const halfWidth = conformalRadius([...residuals], INTERVAL_LEVEL);
  return Number.isFinite(halfWidth) ? { halfWidth, clips: residuals.length } : undefined;
}

/** Fewest clips that limits with the usual false-alarm rate can be chosen on. */
const FEWEST_CLIPS = 20;

function limitsOf(measures: readonly OutlierMeasures[]): { outliers?: OutlierLimits } {
  return measures.length < FEWEST_CLIPS ? {} : { outliers: calibrateOutliers(measures) };
}
