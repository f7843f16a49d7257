import { ArgumentError } from '@mcore/errors';
import { cueFeatures } from './cue-features.js';
import { type Cue, cues } from './execution.js';
import { solveLeastSquares } from './least-squares.js';
import type { RenderableClip } from './visible-events.js';

/** How scores follow what can be seen; all in points of execution, which is score / (3 x difficulty). */
export interface CueReading {
  /** Taken off for each point of a cue's deduction, so negative where the cue counts. */
  readonly cues: Readonly<Record<Cue, number>>;
  /** Given for each point of the dive number's mean execution in training. */
  readonly usual: number;
  /** Standard deviation of what neither the cues nor the dive number explain. */
  readonly unexplained: number;
}

/** Options of {@link cueReading}. */
export interface CueReadingOptions {
  /** Training clips, for the usual execution of each dive number. */
  readonly train: readonly RenderableClip[];
  /** Seed that the clips were drawn with. */
  readonly seed?: number | string;
}

/**
 * What a model looks at: its scores as a weighted sum of the cues that were drawn, by least squares. The judges' own scores, put in
 * the model's place, show what there is to be read. A model that reads one cue well and others not at all has a weight for that
 * cue alone; a large `unexplained` says that it reads unsteadily.
 *
 * @param clips - Clips that were scored, more than there are cues.
 * @param scores - One a clip, in points.
 * @throws `ArgumentError` if there are too few clips, or not as many scores.
 */
export function cueReading(
  clips: readonly RenderableClip[],
  scores: readonly number[],
  { train, seed = 0 }: CueReadingOptions,
): CueReading {
  const least = cues.length + 3;
  if (clips.length < least || scores.length !== clips.length) {
    throw new ArgumentError(
      `cueReading: expected at least ${least} clips and as many scores, got ${clips.length} and ${scores.length}.`,
    );
  }
  const rows = clips.map(cueFeatures(train, seed, cues));
  const execution = scores.map((score, index) => score / (3 * clips[index]!.difficulty));
  const weights = solveLeastSquares(rows, execution);
  const rest = rows.map(
    (row, index) => execution[index]! - row.reduce((sum, value, at) => sum + value * weights[at]!, 0),
  );
  return {
    cues: Object.fromEntries(cues.map((cue, index) => [cue, weights[index + 2]!])) as Record<Cue, number>,
    usual: weights[1]!,
    unexplained: Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0) / (rest.length - rows[0]!.length)),
  };
}
