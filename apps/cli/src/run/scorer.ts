import { type Frames, transformFrames } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import {
  type Calibration,
  type Checkpoint,
  type Exemplar,
  type ExemplarBank,
  type ExemplarVote,
  type MCoRe,
  modelFromCheckpoint,
  scoreAgainst,
  weightsId,
} from '@mcore/model';
import { Random } from '@mcore/random';
import { LocalReplica } from '@mcore/training';
import { nearestExemplars } from './nearest-exemplars.js';

/** How the exemplars of a score were found. */
export type ExemplarMatch = 'same dive number' | 'nearest dive number' | 'nearest by features';

/** What is said of one video. */
export interface VideoScore {
  score: number;
  /** Holds the judges' score with probability `level`, as calibrated on validation clips; `null` where it was not. */
  interval: [number, number] | null;
  level: number | null;
  /** Standard deviation over the exemplars' votes, points. */
  spread: number;
  /** Sampled positions of the transitions. */
  positions: number[];
  match: ExemplarMatch;
  exemplars: ExemplarVote[];
}

/** Scores clips with one checkpoint and one bank: one pass through the backbone each. */
export class Scorer {
  readonly model: MCoRe;
  readonly #replica: LocalReplica;
  readonly #bank: ExemplarBank;
  readonly #calibration: Calibration | undefined;
  readonly #seed: number;

  private constructor(checkpoint: Checkpoint, bank: ExemplarBank, seed: number) {
    this.model = modelFromCheckpoint(checkpoint);
    this.#replica = new LocalReplica(this.model);
    this.#bank = bank;
    this.#calibration = checkpoint.info.calibration;
    this.#seed = seed;
  }

  /**
   * @param seed - Of the draw of exemplars.
   * @throws {@link DataError} if the bank was computed with other weights.
   */
  static async create(checkpoint: Checkpoint, bank: ExemplarBank, seed: number): Promise<Scorer> {
    const id = await weightsId(checkpoint.tensors);
    if (bank.weightsId !== id) {
      throw new DataError(
        `mcore score: wanted an exemplar bank computed with these weights (${id}), got one of ${bank.weightsId}; make it with mcore bank.`,
      );
    }
    return new Scorer(checkpoint, bank, seed);
  }

  /**
   * Scores sampled frames.
   *
   * @param frames - As many as the model takes, already resized.
   * @param name - Seeds the draw of exemplars together with the seed.
   * @param diveNumber - Exemplars have it, or the nearest one there is; without it they are the nearest by features.
   */
  async score(frames: Frames, name: string, diveNumber?: string): Promise<VideoScore> {
    const cropped = transformFrames(frames, this.model.config.input.transform, 'center');
    const { stages, transitions } = await this.#replica.describe(cropped);
    const { exemplars, match } = this.#exemplars(stages, name, diveNumber);
    const { score, spread, votes } = await scoreAgainst(this.model, stages, this.#bank.shape, exemplars);
    const calibration = this.#calibration;
    return {
      score,
      interval: calibration ? [score - calibration.halfWidth, score + calibration.halfWidth] : null,
      level: calibration?.level ?? null,
      spread,
      positions: transitions,
      match,
      exemplars: votes,
    };
  }

  /** Frees the model. */
  async dispose(): Promise<void> {
    await this.#replica.dispose();
    this.model.dispose();
  }

  #exemplars(
    stages: Float32Array,
    name: string,
    diveNumber: string | undefined,
  ): { exemplars: readonly Exemplar[]; match: ExemplarMatch } {
    const count = this.model.config.exemplars;
    if (diveNumber === undefined) {
      return { exemplars: nearestExemplars(this.#bank, stages, count), match: 'nearest by features' };
    }
    const { exemplars, match } = this.#bank.draw(diveNumber, count, Random.for(this.#seed, 'exemplars', name));
    return { exemplars, match: match === 'same' ? 'same dive number' : 'nearest dive number' };
  }
}
