import { type Frames, transformFrames } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import {
  type Checkpoint,
  type CheckpointInfo,
  ClipDescriber,
  type ClipDescription,
  type Exemplar,
  type ExemplarBank,
  type ExemplarVote,
  type MCoRe,
  modelFromCheckpoint,
  type ScoredClip,
  type StageShape,
  scoreAgainst,
  scoreAlone,
  weightsId,
} from '@mcore/model';
import { Random } from '@mcore/random';
import { nearestExemplars } from './nearest-exemplars.js';
import { type Saliency, type SaliencyOptions, saliency } from './saliency.js';

/** How the exemplars of a score were found. */
export type ExemplarMatch = 'same dive number' | 'nearest dive number' | 'nearest by features' | 'none needed';

/** Exemplars with how they were found. */
export interface ChosenExemplars {
  exemplars: readonly Exemplar[];
  match: ExemplarMatch;
}

/** What is said of one clip. */
export interface ClipScore {
  /** In points. */
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

/** Options of {@link Scorer.create}. */
export interface ScorerOptions {
  /** Of the draw of exemplars; 0 unless given. */
  readonly seed?: number;
  /** Computes instead of the model on the current tfjs backend; the caller disposes it. */
  readonly network?: ScoringNetwork;
}

/** Another way to run the same weights, such as ONNX Runtime. */
export interface ScoringNetwork {
  /** As `ClipDescriber.describe` of `@mcore/model`. */
  describe(frames: Frames): Promise<ClipDescription>;
  /** As `scoreAgainst` of `@mcore/model`. */
  compare(stages: Float32Array, shape: StageShape, exemplars: readonly Exemplar[]): Promise<ScoredClip>;
}

/** Scores clips with one checkpoint and one bank: one pass through the backbone each. */
export class Scorer {
  readonly model: MCoRe;
  /** What the checkpoint says of itself. */
  readonly info: CheckpointInfo;
  readonly #describer: ClipDescriber;
  readonly #bank: ExemplarBank | undefined;
  readonly #seed: number;
  readonly #network: ScoringNetwork | undefined;

  private constructor(checkpoint: Checkpoint, bank: ExemplarBank | undefined, { seed = 0, network }: ScorerOptions) {
    this.model = modelFromCheckpoint(checkpoint);
    this.info = checkpoint.info;
    this.#bank = bank;
    this.#describer = new ClipDescriber(this.model);
    this.#seed = seed;
    this.#network = network;
  }

  /**
   * Makes a model of the checkpoint on the current tfjs backend.
   *
   * @param bank - Computed with these weights; may be left out for exemplar-free ones alone.
   * @throws {@link DataError} if the bank was computed with other weights or is wanting; what `modelFromCheckpoint` throws.
   */
  static async create(
    checkpoint: Checkpoint,
    bank: ExemplarBank | undefined,
    options: ScorerOptions = {},
  ): Promise<Scorer> {
    if (checkpoint.info.config.regression === 'exemplar-free') return new Scorer(checkpoint, undefined, options);
    if (!bank) throw new DataError('Scorer.create: expected an exemplar bank for these weights, got none.');
    const id = await weightsId(checkpoint.tensors);
    if (bank.weightsId !== id) {
      throw new DataError(
        `Scorer.create: expected an exemplar bank computed with these weights (${id}), got one of ${bank.weightsId}; make it with mcore bank.`,
      );
    }
    return new Scorer(checkpoint, bank, options);
  }

  /**
   * The exemplars.
   *
   * @throws {@link DataError} if the weights are exemplar-free ones, which have none.
   */
  get bank(): ExemplarBank {
    if (!this.#bank)
      throw new DataError('Scorer.bank: expected weights that compare with exemplars, got exemplar-free ones.');
    return this.#bank;
  }

  /**
   * Scores sampled frames: {@link describe}, {@link choose}, {@link compare}.
   *
   * @param frames - As many as the model takes, already resized.
   * @param name - Seeds the draw of exemplars together with the seed.
   * @param diveNumber - Or class: exemplars have it, or the nearest one there is; without it they are the nearest by features.
   */
  async score(frames: Frames, name: string, diveNumber?: string): Promise<ClipScore> {
    const description = await this.describe(frames);
    return this.compare(description, this.choose(description, name, diveNumber));
  }

  /**
   * Crops the frames and passes them through backbone and segmenter: nearly all the work of a score.
   *
   * @param frames - As many as the model takes, already resized.
   */
  describe(frames: Frames): Promise<ClipDescription> {
    return (this.#network ?? this.#describer).describe(this.#cropped(frames));
  }

  /**
   * The same clip with its transitions elsewhere, without another pass through the backbone.
   *
   * @param transitions - Indices of sampled frames, as many as the model has.
   */
  async moved(description: ClipDescription, transitions: readonly number[]): Promise<ClipDescription> {
    const stages = await this.#describer.stagesAt(description.features, transitions);
    return { ...description, transitions: [...transitions], stages };
  }

  /**
   * The exemplars a clip is compared with, as many as the checkpoint wants, or all there are.
   *
   * @param name - Seeds the draw together with the seed.
   * @param diveNumber - In either case, such as `107B`; `undefined` for unknown.
   * @throws {@link ArgumentError} if it is no dive number.
   */
  choose({ stages }: Pick<ClipDescription, 'stages'>, name: string, diveNumber?: string): ChosenExemplars {
    if (this.#isExemplarFree) return { exemplars: [], match: 'none needed' };
    const count = this.model.config.exemplars;
    if (diveNumber === undefined) {
      return { exemplars: nearestExemplars(this.bank, stages, count), match: 'nearest by features' };
    }
    const { exemplars, match } = this.bank.draw(diveNumber, count, Random.for(this.#seed, 'exemplars', name));
    return { exemplars, match: match === 'same' ? 'same dive number' : 'nearest dive number' };
  }

  /** Compares a described clip with exemplars, stage by stage. */
  async compare(
    { stages, transitions }: Pick<ClipDescription, 'stages' | 'transitions'>,
    { exemplars, match }: ChosenExemplars,
  ): Promise<ClipScore> {
    const { score, spread, votes } = this.#isExemplarFree
      ? await scoreAlone(this.model, stages)
      : this.#network
        ? await this.#network.compare(stages, this.bank.shape, exemplars)
        : await scoreAgainst(this.model, stages, this.bank.shape, exemplars);
    const { calibration } = this.info;
    return {
      score,
      interval: calibration ? [score - calibration.halfWidth, score + calibration.halfWidth] : null,
      level: calibration?.level ?? null,
      spread,
      positions: [...transitions],
      match,
      exemplars: votes,
    };
  }

  /**
   * How much every part of every frame moves the score: {@link saliency} at given transitions and exemplars. Needs the
   * gradients of `@tensorflow/tfjs`, and about the memory of one step of training.
   *
   * @param frames - As given to {@link describe}.
   */
  saliency(
    frames: Frames,
    transitions: readonly number[],
    exemplars: readonly Exemplar[],
    options: SaliencyOptions = {},
  ): Promise<Saliency> {
    return saliency(
      this.model,
      this.#cropped(frames),
      { transitions, exemplars, shape: this.model.regressionShape },
      options,
    );
  }

  /** Frees the model. */
  async dispose(): Promise<void> {
    this.#describer.dispose();
    this.model.dispose();
  }

  get #isExemplarFree(): boolean {
    return this.model.config.regression === 'exemplar-free';
  }

  #cropped(frames: Frames): Frames {
    return transformFrames(frames, this.model.config.input.transform, 'center');
  }
}
