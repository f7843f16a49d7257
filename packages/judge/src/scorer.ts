import { type Frames, transformFrames } from '@mcore/clips';
import { DataError, ShapeError } from '@mcore/errors';
import {
  BankFeatures,
  type Checkpoint,
  type CheckpointInfo,
  ClipEncoder,
  type EncodedClip,
  type Exemplar,
  type ExemplarBank,
  type InDistribution,
  inDistribution,
  type MCoRe,
  modelFromCheckpoint,
  type ScoredClip,
  type StageShape,
  scoreAgainst,
  scoreAlone,
  transitionConfidence,
  transitionFlatness,
  UNCERTAIN,
  weightsId,
} from '@mcore/model';
import { type ChosenExemplars, chooseExemplarsOf, comparedClass, type ExemplarOptions } from './choose-exemplars.js';
import { type ClipOrigin, type ClipScore, judgesRealDives, scoreWithInterval } from './clip-score.js';
import { type Saliency, type SaliencyOptions, saliency } from './saliency.js';

/** Options of {@link Scorer.create}. */
export interface ScorerOptions {
  /** Of the draw of exemplars; 0 unless given. */
  readonly seed?: number;
  /** Computes instead of the model on the current tfjs backend; the caller disposes it. */
  readonly network?: ScoringNetwork;
}

/** Another way to run the same weights, such as ONNX Runtime. */
export interface ScoringNetwork {
  /** As `ClipEncoder.encode` of `@mcore/model`. */
  encode(frames: Frames): Promise<EncodedClip>;
  /** As `scoreAgainst` of `@mcore/model`. */
  compare(stages: Float32Array, shape: StageShape, exemplars: readonly Exemplar[]): Promise<ScoredClip>;
}

/** Scores sampled frames with one checkpoint and one bank: one pass through the backbone for each clip. */
export class Scorer {
  readonly model: MCoRe;
  /** The checkpoint's metadata. */
  readonly info: CheckpointInfo;
  readonly #encoder: ClipEncoder;
  readonly #bank: ExemplarBank | undefined;
  readonly #seed: number;
  readonly #network: ScoringNetwork | undefined;
  readonly #bankFeatures: BankFeatures | undefined;

  private constructor(checkpoint: Checkpoint, bank: ExemplarBank | undefined, { seed = 0, network }: ScorerOptions) {
    this.model = modelFromCheckpoint(checkpoint);
    this.info = checkpoint.info;
    this.#bank = bank;
    this.#encoder = new ClipEncoder(this.model);
    this.#seed = seed;
    this.#network = network;
    this.#bankFeatures = bank && checkpoint.info.outliers ? new BankFeatures(bank) : undefined;
  }

  /**
   * Makes a model of the checkpoint on the current tfjs backend.
   *
   * @param bank - Computed with these weights; exemplar-free weights need none.
   * @throws {@link DataError} if the bank was computed with other weights or is missing; what `modelFromCheckpoint` throws.
   */
  static async create(
    checkpoint: Checkpoint,
    bank: ExemplarBank | undefined,
    options: ScorerOptions = {},
  ): Promise<Scorer> {
    if (checkpoint.info.config.regression === 'exemplar-free') return new Scorer(checkpoint, undefined, options);
    if (!bank) {
      throw new DataError(
        'Scorer.create: expected an exemplar bank of these weights, got none. Give the bank.safetensors that was written beside them, or make one with mcore bank.',
      );
    }
    const id = await weightsId(checkpoint.tensors);
    if (bank.weightsId !== id) {
      throw new DataError(
        `Scorer.create: expected an exemplar bank computed with these weights (${id}), got one of ${bank.weightsId}. Make it with mcore bank.`,
      );
    }
    return new Scorer(checkpoint, bank, options);
  }

  /**
   * The exemplars.
   *
   * @throws {@link DataError} if the weights are exemplar-free: see {@link classes} for a list that is never an error.
   */
  get bank(): ExemplarBank {
    if (!this.#bank)
      throw new DataError('Scorer.bank: expected weights that compare with exemplars, got exemplar-free ones.');
    return this.#bank;
  }

  /** Dive numbers or classes that there are exemplars of, with how many; empty for exemplar-free weights. */
  get classes(): { name: string; exemplars: number }[] {
    const counts = new Map<string, number>();
    for (const { diveNumber } of this.#bank?.exemplars ?? []) counts.set(diveNumber, (counts.get(diveNumber) ?? 0) + 1);
    return [...counts].map(([name, exemplars]) => ({ name, exemplars })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Scores sampled frames: {@link encode}, {@link choose}, {@link compare}.
   *
   * @param frames - As {@link encode} takes them.
   * @param options - Of {@link choose}.
   * @throws What these three throw.
   */
  async score(frames: Frames, options: ExemplarOptions & ClipOrigin = {}): Promise<ClipScore> {
    const description = await this.encode(frames);
    return this.compare(description, this.choose(description, options), options);
  }

  /**
   * Crops the frames and passes them through backbone and segmenter: nearly all the work of a score.
   *
   * @param frames - `model.config.input.frames` frames, resized to `model.config.input.transform.resize` and not cropped.
   * @throws {@link ShapeError} if their number or size is another one.
   */
  async encode(frames: Frames): Promise<EncodedClip> {
    this.#assertFrames(frames);
    return (this.#network ?? this.#encoder).encode(this.#cropped(frames));
  }

  /**
   * The same clip with its transitions elsewhere, without another pass through the backbone.
   *
   * @param transitions - Indices of sampled frames, as many as the model has.
   */
  async moved(description: EncodedClip, transitions: readonly number[]): Promise<EncodedClip> {
    const stages = await this.#encoder.stagesAt(description.features, transitions);
    return { ...description, transitions: [...transitions], stages };
  }

  /**
   * The exemplars that a clip is compared with: the checkpoint's number of them, or all if the class has fewer. The draw depends on the
   * seed and the class, never on the clip.
   *
   * @throws {@link UnknownClassError} if no exemplar has the class; see {@link ExemplarOptions}.
   */
  choose({ stages }: Pick<EncodedClip, 'stages'>, options: ExemplarOptions = {}): ChosenExemplars {
    if (!this.#bank) return { exemplars: [], match: 'none needed' };
    return chooseExemplarsOf(this.#bank, stages, { ...options, count: this.model.config.exemplars, seed: this.#seed });
  }

  /**
   * Checks what {@link choose} will be asked for, before the work.
   *
   * @throws {@link UnknownClassError} if no exemplar has the class.
   */
  checkClass(options: ExemplarOptions): void {
    if (this.#bank) comparedClass(this.#bank, options);
  }

  /**
   * Compares an encoded clip with exemplars, stage by stage.
   *
   * @param origin - Whether the clip is rendered or filmed.
   */
  async compare(
    clip: Omit<EncodedClip, 'features'>,
    { exemplars, match }: ChosenExemplars,
    { rendered = false }: ClipOrigin = {},
  ): Promise<ClipScore> {
    const { stages, logits, transitions } = clip;
    const vote = await this.#vote(stages, exemplars);
    const known = this.#inDistribution(clip, vote.spread);
    const confidence = transitionConfidence(logits, transitions, this.model.config);
    return {
      ...scoreWithInterval(vote.score, this.info, { match, rendered, known }),
      spread: vote.spread,
      rendered,
      judgesRealDives: judgesRealDives(this.info),
      inDistribution: known,
      positions: [...transitions],
      transitionConfidence: confidence,
      uncertainTransitions: confidence.map((value) => value < UNCERTAIN),
      match,
      exemplars: vote.votes,
    };
  }

  /**
   * How much every part of every frame moves the score: {@link saliency} at given transitions and exemplars. Needs the
   * gradients of `@tensorflow/tfjs`, and about the memory of one step of training.
   *
   * @param frames - As {@link encode} takes them.
   * @throws {@link ShapeError} if their number or size is another one.
   */
  async saliency(
    frames: Frames,
    transitions: readonly number[],
    exemplars: readonly Exemplar[],
    options: SaliencyOptions = {},
  ): Promise<Saliency> {
    this.#assertFrames(frames);
    const comparison = { transitions, exemplars, shape: this.model.regressionShape };
    return saliency(this.model, this.#cropped(frames), comparison, options);
  }

  /** Frees the model. */
  async dispose(): Promise<void> {
    this.#encoder.dispose();
    this.model.dispose();
  }

  #inDistribution({ stages, logits }: Omit<EncodedClip, 'features'>, voteSpread: number): InDistribution | null {
    if (!this.#bankFeatures || !this.info.outliers) return null;
    const measures = {
      featureDistance: this.#bankFeatures.distance(stages),
      transitionFlatness: transitionFlatness(logits, this.model.config),
      voteSpread,
    };
    return inDistribution(measures, this.info.outliers);
  }

  #vote(stages: Float32Array, exemplars: readonly Exemplar[]): Promise<ScoredClip> {
    if (!this.#bank) return scoreAlone(this.model, stages);
    return this.#network
      ? this.#network.compare(stages, this.#bank.shape, exemplars)
      : scoreAgainst(this.model, stages, this.#bank.shape, exemplars);
  }

  #cropped(frames: Frames): Frames {
    return transformFrames(frames, this.model.config.input.transform, 'center');
  }

  #assertFrames({ count, height, width }: Frames): void {
    const { frames, transform } = this.model.config.input;
    const { resize } = transform;
    if (count === frames && height === resize.height && width === resize.width) return;
    throw new ShapeError(
      `Scorer: expected ${frames} frames of ${resize.width} x ${resize.height} pixels, resized and not cropped, got ${count} of ${width} x ${height}. Sample them with sampleIndices and resize them with resizeFrames of @mcore/clips, or give the video itself to judge.score.`,
    );
  }
}
