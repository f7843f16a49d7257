import { voteOverExemplars } from '@mcore/contrastive-regressor';
import { ArgumentError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Exemplar, StageShape } from './exemplar-bank.js';
import type { MCoRe } from './mcore.js';

/** What one exemplar says of the query. */
export interface ExemplarVote {
  id: string;
  diveNumber: string;
  /** The exemplar's own score, in points. */
  score: number;
  /** The query's score less the exemplar's, in points. */
  delta: number;
  /** The part every stage has in `delta`; their sum is `delta`. */
  stageDeltas: number[];
}

/** A score with what it rests on. */
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
 * @param shape - Of the features.
 * @param exemplars - At least one.
 * @throws {@link ArgumentError} if there is no exemplar.
 */
export async function scoreAgainst(
  model: MCoRe,
  stages: Float32Array,
  shape: StageShape,
  exemplars: readonly Exemplar[],
): Promise<ScoredClip> {
  if (exemplars.length === 0) throw new ArgumentError('scoreAgainst: wanted at least one exemplar, got none.');
  const [perStage, sizes] = stageDeltas(model, stages, shape, exemplars);
  const values = (await perStage.data()) as Float32Array;
  perStage.dispose();
  const scale = model.config.scoreScale;
  const votes = exemplars.map(({ id, diveNumber, score }, row) => {
    const parts = Array.from({ length: sizes }, (_, stage) => (values[row * sizes + stage]! * scale) / sizes);
    return { id, diveNumber, score, delta: parts.reduce((sum, part) => sum + part, 0), stageDeltas: parts };
  });
  const vote = voteOverExemplars(
    votes.map(({ delta }) => delta),
    votes.map(({ score }) => score),
  );
  return { score: vote.mean, spread: vote.spread, votes };
}

/** Relative scores of every stage, `[exemplars, stages]`, and the number of stages. */
function stageDeltas(
  model: MCoRe,
  query: Float32Array,
  { stages, steps, channels }: StageShape,
  exemplars: readonly Exemplar[],
): [tf.Tensor2D, number] {
  const deltas = tf.tidy(() => {
    const count = exemplars.length;
    const features = new Float32Array(count * query.length);
    const queries = new Float32Array(count * query.length);
    exemplars.forEach((exemplar, row) => {
      features.set(exemplar.stages, row * query.length);
      queries.set(query, row * query.length);
    });
    const shape: [number, number, number, number] = [count, stages, steps, channels];
    return model.regressor.applyPerStage(tf.tensor4d(queries, shape), tf.tensor4d(features, shape));
  });
  return [deltas, stages];
}
