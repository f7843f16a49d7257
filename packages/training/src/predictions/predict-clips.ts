import { type Clip, chooseExemplars, type ExemplarChoice, sampleIndices, sampleTransitions } from '@mcore/clips';
import {
  type EncodedClip,
  type Exemplar,
  leastScore,
  type MCoRe,
  type ScoredClip,
  scoreAlone,
  transitionConfidence,
} from '@mcore/model';
import type { PreparedClips } from '../clips/prepared-clips.js';
import { encodeClips } from '../compute/inference.js';
import type { Replica } from '../compute/replica.js';
import { labelOnlyPredictor } from './baselines.js';
import { comparerAmong } from './comparer.js';
import type { EvaluatedClip } from './evaluate-predictions.js';

/** An evaluated clip with all that its prediction rests on. */
export interface PredictedClip extends EvaluatedClip {
  scored: ScoredClip;
  /** How sure the segmenter is of each transition, in [0, 1]; absent from results of an earlier version. */
  transitionConfidence?: number[];
}

/** What {@link predictClips} works with. */
export interface PredictionSetup {
  /** In this thread; compares stages, unless a replica on ONNX Runtime can. */
  model: MCoRe;
  /** Hold the same weights; encode clips. */
  replicas: readonly Replica[];
  prepared: PreparedClips;
  /** Where exemplars and label-only baselines come from. */
  train: readonly Clip[];
  /** Fixes the exemplars: a saved choice, or the seed of one. */
  exemplars: ExemplarChoice | number;
  /** Exemplars whose features are there already, by id. */
  known?: ReadonlyMap<string, Exemplar>;
  /** Called with each predicted clip as it was encoded. */
  onEncoded?: (clip: Clip, encoded: EncodedClip) => void;
  /** Called with the number of clips done and to do, exemplars included. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Predicts clips as the paper tests: every one against exemplars of its dive number drawn from training. Exemplars are
 * encoded once for all.
 */
export async function predictClips(clips: readonly Clip[], setup: PredictionSetup): Promise<PredictedClip[]> {
  const [predicted] = await predictDraws(clips, setup, [exemplarChoice(clips, setup)]);
  return predicted!;
}

/** {@link predictClips} against several choices of exemplars; every clip is encoded once for all of them. */
export async function predictDraws(
  clips: readonly Clip[],
  setup: Omit<PredictionSetup, 'exemplars'>,
  choices: readonly ExemplarChoice[],
): Promise<PredictedClip[][]> {
  const { model, train, prepared, replicas, known = new Map<string, Exemplar>() } = setup;
  const comparer = comparerAmong(replicas, model);
  const { input } = model.config;
  const ids = new Set(choices.flatMap(({ lists }) => [...lists.values()].flatMap(({ exemplars }) => exemplars)));
  const exemplars = train.filter((clip) => ids.has(clip.id) && !known.has(clip.id));
  const total = exemplars.length + clips.length;
  const encode = (some: readonly Clip[], before: number) =>
    encodeClips(some, prepared, input.transform, setup.replicas, (done) => setup.onProgress?.(before + done, total));
  const features = await encode(exemplars, 0);
  const byId = new Map([
    ...known,
    ...exemplars.map(({ id, diveNumber, score, difficulty }): [string, Exemplar] => [
      id,
      { id, diveNumber, score, difficulty, stages: features.get(id)!.stages },
    ]),
  ]);
  const encoded = await encode(clips, exemplars.length);
  for (const clip of clips) setup.onEncoded?.(clip, encoded.get(clip.id)!);
  const transitionsOf = sampledTransitions(input.frames);
  const isLabelled = prepared.source.transitionsFrom !== 'equal parts';
  const least = leastScore({ min: Math.min(...train.map(({ score }) => score)) });
  const labelOnly = labelOnlyPredictor(train, transitionsOf);
  const predict = async (clip: Clip, choice: ExemplarChoice): Promise<PredictedClip> => {
    const { stages, logits, transitions } = encoded.get(clip.id)!;
    const chosen = choice.lists.get(clip.id)!.exemplars.map((id) => byId.get(id)!);
    const scored =
      model.config.regression === 'exemplar-free'
        ? await scoreAlone(model, stages)
        : await comparer.compare(stages, model.regressionShape, chosen);
    return {
      id: clip.id,
      diveNumber: clip.diveNumber,
      competition: clip.competition,
      trueScore: clip.score,
      predictedScore: Math.max(least, scored.score),
      trueTransitions: isLabelled ? transitionsOf(clip) : [],
      predictedTransitions: transitions,
      labelOnly: labelOnly(clip),
      scored,
      transitionConfidence: transitionConfidence(logits, transitions, model.config),
    };
  };
  const predicted: PredictedClip[][] = [];
  for (const choice of choices) {
    const ofChoice: PredictedClip[] = [];
    for (const clip of clips) ofChoice.push(await predict(clip, choice));
    predicted.push(ofChoice);
  }
  return predicted;
}

/** The saved choice, or one drawn by the seed; empty lists where the model compares with nobody. */
export function exemplarChoice(
  clips: readonly Clip[],
  { exemplars, train, model }: Pick<PredictionSetup, 'exemplars' | 'train' | 'model'>,
): ExemplarChoice {
  if (model.config.regression === 'exemplar-free') return withoutExemplars(clips);
  if (typeof exemplars !== 'number') return exemplars;
  return chooseExemplars(clips, train, { count: model.config.exemplars, seed: exemplars });
}

/** A clip's true transitions among its sampled frames. */
export function sampledTransitions(frames: number): (clip: Clip) => number[] {
  return (clip) => sampleTransitions(clip.transitions, sampleIndices(clip.frameCount, frames, clip.start));
}

function withoutExemplars(clips: readonly Clip[]): ExemplarChoice {
  return { seed: 0, count: 0, lists: new Map(clips.map(({ id }) => [id, { exemplars: [], match: 'same' }])) };
}
