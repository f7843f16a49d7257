import { voteOverExemplars } from '@mcore/contrastive-regressor';
import { ArgumentError, formatShape, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import type {
  ClipFeatures,
  ClipLabel,
  HeadNeeds,
  HeadPrediction,
  LabelledClips,
  ScoredExemplar,
  TrainingBatch,
} from './head.js';

/** What a head is trained on: points, or points / difficulty. */
type Target = 'score' | 'quality';

/** @throws {@link ShapeError} unless features are `[batch, time, channels]` with the head's channels, and maps go with them. */
export function assertFeatures(caller: string, { features, maps }: ClipFeatures, channels: number): void {
  if (features.rank !== 3 || features.shape[2] !== channels || features.size === 0) {
    throw new ShapeError(
      `${caller}: expected features of shape [batch, time, ${channels}] that are not empty, got ${formatShape(features.shape)}.`,
    );
  }
  if (maps === undefined) return;
  const [batch, time] = features.shape;
  const fits = maps.rank === 5 && maps.shape[0] === batch && maps.shape[1] === time && maps.shape[4] === channels;
  if (!fits || maps.size === 0) {
    throw new ShapeError(
      `${caller}: expected maps of shape ${formatShape([batch, time, 'height', 'width', channels])} like the features, got ${formatShape(maps.shape)}.`,
    );
  }
}

/**
 * Checks a batch against what a head needs.
 *
 * @throws {@link ShapeError} or {@link ArgumentError} naming what is missing of which clip.
 */
export function assertBatch(caller: string, batch: TrainingBatch, channels: number, needs: HeadNeeds): void {
  assertLabelled(caller, 'query', batch.query, channels, needs);
  if (!needs.exemplars) return;
  if (batch.exemplar === undefined) {
    throw new ArgumentError(`${caller}: expected exemplars, one for each query, got none.`);
  }
  assertLabelled(caller, 'exemplar', batch.exemplar, channels, needs);
  const [query, exemplar] = [batch.query.features.shape, batch.exemplar.features.shape];
  if (query[0] !== exemplar[0]) {
    throw new ShapeError(`${caller}: expected as many exemplars as queries, ${query[0]}, got ${exemplar[0]}.`);
  }
}

function assertLabelled(caller: string, role: string, clips: LabelledClips, channels: number, needs: HeadNeeds): void {
  assertFeatures(caller, clips, channels);
  const [batch, time] = clips.features.shape;
  if (clips.labels.length !== batch) {
    throw new ArgumentError(`${caller}: expected ${batch} ${role} labels, got ${clips.labels.length}.`);
  }
  for (const [index, label] of clips.labels.entries()) {
    const problem = labelProblem(label, needs, time);
    if (problem !== null) throw new ArgumentError(`${caller}: ${problem} for ${role} ${index}.`);
  }
}

function labelProblem(label: ClipLabel, needs: HeadNeeds, time: number): string | null {
  const { score, difficulty, transitions, cuts, steps } = label;
  if (!Number.isFinite(score)) return `expected a finite score, got ${score}`;
  if (needs.difficulty && !(difficulty! > 0 && Number.isFinite(difficulty))) {
    return `expected a difficulty above 0, got ${difficulty}`;
  }
  if (needs.transitions && transitions === undefined) return 'expected transitions, got none';
  for (const frame of needs.transitions ? [...transitions!, ...(cuts ?? [])] : []) {
    if (!Number.isInteger(frame) || frame < 0 || frame >= time) {
      return `expected transitions and cuts that are frames in 0 .. ${time - 1}, got ${frame}`;
    }
  }
  if (needs.steps && !(steps && steps.length > 0)) return 'expected steps, at least one, got none';
  return null;
}

/** What a clip counts as, in the unit that a head is trained on. */
export function targetOf({ score, difficulty }: { score: number; difficulty?: number }, target: Target): number {
  return target === 'quality' ? score / difficulty! : score;
}

/** Points of a predicted target. */
export function pointsOf(value: number, target: Target, difficulty: number | undefined): number {
  return target === 'quality' ? value * difficulty! : value;
}

/** @throws {@link ArgumentError} if a head on quality has no difficulty to multiply by. */
export function assertDifficulty(caller: string, role: string, target: Target, difficulty: number | undefined): void {
  if (target === 'quality' && !(difficulty! > 0 && Number.isFinite(difficulty))) {
    throw new ArgumentError(
      `${caller}: expected a difficulty above 0 of the ${role}, which the head's target 'quality' needs, got ${difficulty}.`,
    );
  }
}

/** @throws {@link ArgumentError} if there is no exemplar, or one does not fit the query. */
export function assertExemplars(
  caller: string,
  query: { readonly shape: readonly number[] },
  exemplars: readonly ScoredExemplar[],
  target: Target,
): void {
  if (exemplars.length === 0) throw new ArgumentError(`${caller}: expected at least one exemplar, got none.`);
  for (const { shape, difficulty } of exemplars) {
    if (!tf.util.arraysEqual([...shape], [...query.shape])) {
      throw new ShapeError(
        `${caller}: expected exemplars of shape ${formatShape(query.shape)} like the query, got ${formatShape(shape)}.`,
      );
    }
    assertDifficulty(caller, 'exemplar', target, difficulty);
  }
}

/** Encoded clips in one tensor, `[clips, ...shape]`; the caller disposes it. */
export function stackEncoded(clips: readonly { values: Float32Array; shape: readonly number[] }[]): tf.Tensor {
  const size = clips[0]!.values.length;
  const values = new Float32Array(clips.length * size);
  for (const [index, clip] of clips.entries()) values.set(clip.values, index * size);
  return tf.tensor(values, [clips.length, ...clips[0]!.shape]);
}

/** The clips of a batch's tensor one by one; the tensor is disposed. */
export async function unstackEncoded(batch: tf.Tensor): Promise<{ values: Float32Array; shape: number[] }[]> {
  const [count, ...shape] = batch.shape as [number, ...number[]];
  const values = (await batch.data()) as Float32Array;
  batch.dispose();
  const size = values.length / count;
  return Array.from({ length: count }, (_, index) => ({
    values: values.slice(index * size, (index + 1) * size),
    shape,
  }));
}

/** What votes of the exemplars, in points, say together. */
export function predictionOf(votes: readonly number[]): HeadPrediction {
  const { mean, spread } = voteOverExemplars(
    votes,
    votes.map(() => 0),
  );
  return { score: mean, spread, votes };
}
