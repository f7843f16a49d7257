import { voteOverExemplars } from '@mcore/contrastive-regressor';
import { ArgumentError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Exemplar, StageShape } from './exemplar-bank.js';
import type { MCoRe } from './mcore.js';

/** The vote of one exemplar on the query. */
export interface ExemplarVote {
  id: string;
  diveNumber: string;
  /** The exemplar's own score, in points. */
  score: number;
  /** The query's score minus the exemplar's, in points. */
  delta: number;
  /** The contribution of every stage to `delta`; their sum is `delta`. */
  stageDeltas: number[];
}

/** A score with the votes behind it. */
export interface ScoredClip {
  /** Mean over exemplars of score + delta, in points (eq. 13). */
  score: number;
  /** Standard deviation over exemplars of score + delta, in points; 0 for one. */
  spread: number;
  votes: ExemplarVote[];
}

/**
 * Scores a clip by comparing its stages with those of exemplars, all in one batch.
 *
 * @param model - Computes the score differences.
 * @param stages - The query's features, stages x steps x channels.
 * @param shape - Shape of the features.
 * @param exemplars - At least one.
 * @throws {@link ArgumentError} if there is no exemplar, or the features of one do not fit the shape.
 */
export async function scoreAgainst(
  model: MCoRe,
  stages: Float32Array,
  shape: StageShape,
  exemplars: readonly Exemplar[],
): Promise<ScoredClip> {
  if (exemplars.length === 0) throw new ArgumentError('scoreAgainst: expected at least one exemplar, got none.');
  assertSizes(stages, shape, exemplars);
  const perStage = stageDeltas(model, stages, shape, exemplars);
  const values = (await perStage.data()) as Float32Array;
  perStage.dispose();
  return scoreFromStages(values, exemplars, model.config.scoreScale);
}

/**
 * Computes a score from relative scores: {@link scoreAgainst} without tensors.
 *
 * @param relativeScores - Relative scores of every stage against every exemplar, exemplars x stages, in units of `scoreScale` points; their
 *   mean over stages is the exemplar's relative score.
 * @param exemplars - At least one, in the same order.
 * @param scoreScale - Points per unit, see `MCoReConfig`.
 * @throws {@link ArgumentError} if there is no exemplar, or the number of scores is not a multiple of the number of exemplars.
 */
export function scoreFromStages(
  relativeScores: Float32Array,
  exemplars: readonly Omit<Exemplar, 'stages'>[],
  scoreScale: number,
): ScoredClip {
  const stages = relativeScores.length / exemplars.length;
  if (!Number.isInteger(stages) || stages < 1) {
    throw new ArgumentError(
      `scoreFromStages: expected the same number of scores for each of at least one exemplar, got ${relativeScores.length} for ${exemplars.length}.`,
    );
  }
  const scale = scoreScale / stages;
  const votes = exemplars.map(({ id, diveNumber, score }, row) => {
    const parts = Array.from(relativeScores.subarray(row * stages, (row + 1) * stages), (value) => value * scale);
    return { id, diveNumber, score, delta: parts.reduce((sum, part) => sum + part, 0), stageDeltas: parts };
  });
  const vote = voteOverExemplars(
    votes.map(({ delta }) => delta),
    votes.map(({ score }) => score),
  );
  return { score: vote.mean, spread: vote.spread, votes };
}

/**
 * Scores a clip with an exemplar-free model. There are no votes and no spread.
 *
 * @param model - A model with `regression: 'exemplar-free'`.
 * @param stages - The query's features, stages x steps x channels.
 * @throws {@link ArgumentError} if the features do not fit the model's shape.
 */
export async function scoreAlone(model: MCoRe, stages: Float32Array): Promise<ScoredClip> {
  const shape = model.regressionShape;
  const size = shape.stages * shape.steps * shape.channels;
  if (stages.length !== size) {
    throw new ArgumentError(
      `scoreAlone: expected ${shape.stages} x ${shape.steps} x ${shape.channels} = ${size} features, got ${stages.length}.`,
    );
  }
  const own = tf.tidy(() => model.ownScore(tf.tensor4d(stages, [1, shape.stages, shape.steps, shape.channels])));
  const [value] = await own.data();
  own.dispose();
  return { score: value! * model.config.scoreScale, spread: 0, votes: [] };
}

function assertSizes(query: Float32Array, shape: StageShape, exemplars: readonly Exemplar[]): void {
  const size = shape.stages * shape.steps * shape.channels;
  const named = [['the query', query] as const, ...exemplars.map(({ id, stages }) => [id, stages] as const)];
  const wrong = named.find(([, features]) => features.length !== size);
  if (wrong) {
    throw new ArgumentError(
      `scoreAgainst: expected ${shape.stages} x ${shape.steps} x ${shape.channels} = ${size} features, got ${wrong[1].length} of ${wrong[0]}.`,
    );
  }
}

/** Relative scores of every stage alone, `[exemplars, stages]`; their mean over stages is the relative score. */
function stageDeltas(
  model: MCoRe,
  query: Float32Array,
  { stages, steps, channels }: StageShape,
  exemplars: readonly Exemplar[],
): tf.Tensor2D {
  return tf.tidy(() => {
    const features = new Float32Array(exemplars.length * query.length);
    for (const [row, exemplar] of exemplars.entries()) features.set(exemplar.stages, row * query.length);
    return model.stageScores(
      tf.tensor4d(query, [1, stages, steps, channels]),
      tf.tensor4d(features, [exemplars.length, stages, steps, channels]),
    );
  });
}
