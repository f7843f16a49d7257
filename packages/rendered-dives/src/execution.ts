import type { Clip } from '@mcore/clips';
import { panelScore } from '@mcore/metrics';
import { Random } from '@mcore/random';
import { clamp } from './vector.js';

/** What a judge sees of the execution, each drawn so that it grows with the points taken off. */
export type Cue = 'entryAngle' | 'splash' | 'legs' | 'opening' | 'height' | 'distance';

/** Points taken off for each cue, -1.5 .. 11: the true 10 - execution plus the cue's own noise. */
export type Deductions = Readonly<Record<Cue, number>>;

/**
 * Deviation of each cue's own noise, in points of execution. The entry can be read best, as in the sport; all together are chosen so that the best
 * estimate reaches a Spearman correlation of 0.95 to 0.97, see `executionCeiling`.
 */
export const cueNoise: Readonly<Record<Cue, number>> = {
  entryAngle: 0.78,
  splash: 0.78,
  legs: 1.3,
  opening: 1.3,
  height: 1.7,
  distance: 1.7,
};

/** Every cue, in the order in which noise is drawn for them. */
export const cues: readonly Cue[] = ['entryAngle', 'splash', 'legs', 'opening', 'height', 'distance'];

/** Lowest and highest number of points a cue can show; beyond them the scene would not be a dive. */
export const deductionRange = [-1.5, 11] as const;

/**
 * The judges' opinion without the difficulty: the mean of the awards that count. Where the awards of 3, 5 or 7 judges are unknown or
 * misprinted (above 10) it is score / (3 x difficulty), which is the same in all but 120 clips of FineDiving.
 *
 * @returns 0 .. 10; scores that would give more are clipped.
 */
export function executionOf({ awards, score, difficulty }: Pick<Clip, 'score' | 'difficulty' | 'awards'>): number {
  const known = [3, 5, 7].includes(awards?.length ?? 0) && awards!.every((award) => award >= 0 && award <= 10);
  return known ? panelScore(awards!) / 3 : clamp(score / (3 * difficulty), 0, 10);
}

/** What the cues of this clip show; the only way by which its score reaches any pixel. */
export function deductionsOf(
  clip: Pick<Clip, 'id' | 'score' | 'difficulty' | 'awards'>,
  seed: number | string,
): Deductions {
  const lost = 10 - executionOf(clip);
  const random = Random.for(seed, 'execution', clip.id);
  const drawn = cues.map((cue) => [cue, clamp(lost + random.normal(0, cueNoise[cue]), ...deductionRange)] as const);
  return Object.fromEntries(drawn) as Record<Cue, number>;
}

/** Radians between the body and the vertical at the entry: 7 degrees for a perfect ten, 52 for a zero. */
export const entryLean = (deduction: number): number => ((deduction + 1.5) * 4.5 * Math.PI) / 180;

/** Height in metres that the tallest drops of the splash reach. */
export const splashHeight = (deduction: number): number => 0.1 + 0.13 * (deduction + 1.5) ** 1.4;

/** Radians by which the knees bend and the legs part where they should be straight and together. */
export const legFault = (deduction: number): number => 0.085 * (deduction + 1.5);

/** Share of the flight by which the body opens later than it should. */
export const openingDelay = (deduction: number): number => 0.019 * (deduction - 2);

/** Metres by which the centre of the body rises above its height at the take-off, before the board's own share. */
export const rise = (deduction: number, springboard: boolean): number =>
  (springboard ? 1.45 : 0.85) - 0.055 * (deduction - 2);

/** Metres between the board's edge and the entry: poor dives travel far. */
export const travel = (deduction: number): number => 1.25 + 0.16 * (deduction + 1.5);
