import { type EncodedClip, type Exemplar, transitionProbabilities } from '@mcore/model';
import type { ChosenExemplars } from './choose-exemplars.js';
import type { ClipScore } from './clip-score.js';
import type { SampledClip } from './read-clip-input.js';
import type { Saliency, SaliencyOptions } from './saliency.js';
import type { Scorer } from './scorer.js';
import { type ScoredVideo, scoredVideo } from './video-score.js';

/** An exemplar without its features. */
export type ExemplarFacts = Omit<Exemplar, 'stages'>;

/** How long each part of a score took. */
export interface ScoreMilliseconds {
  /** Reading the frames. */
  frames: number;
  /** Backbone and segmenter. */
  network: number;
  /** Comparing with exemplars. */
  exemplars: number;
}

/** What an {@link ExaminedVideo} is made of. */
interface Parts {
  scorer: Scorer;
  clip: SampledClip;
  className: string | null;
  description: EncodedClip;
  chosen: ChosenExemplars;
}

/** A scored video whose transitions can be moved and whose evidence can be located; see `judge.examine`. */
export class ExaminedVideo {
  /** The same object that `judge.score` returns. */
  readonly result: ScoredVideo;
  /** Where the later stages begin, as indices of sampled frames. */
  readonly positions: readonly number[];
  readonly milliseconds: ScoreMilliseconds;
  readonly #parts: Parts;

  private constructor(parts: Parts, score: ClipScore, milliseconds: ScoreMilliseconds) {
    this.#parts = parts;
    this.result = scoredVideo(score, { ...parts.clip, diveNumber: parts.className });
    this.positions = score.positions;
    this.milliseconds = milliseconds;
  }

  /** Compares an encoded clip with its exemplars. */
  static async compare(parts: Parts, before: Omit<ScoreMilliseconds, 'exemplars'>): Promise<ExaminedVideo> {
    const start = performance.now();
    const score = await parts.scorer.compare(parts.description, parts.chosen, parts.clip);
    return new ExaminedVideo(parts, score, { ...before, exemplars: performance.now() - start });
  }

  /** When the sampled frames are shown, in seconds from the video's first frame. */
  get seconds(): readonly number[] {
    return this.#parts.clip.seconds;
  }

  /** The exemplars, in the order of `result.exemplars`. */
  get exemplars(): ExemplarFacts[] {
    return this.#parts.chosen.exemplars.map(({ id, diveNumber, score, difficulty }) => ({
      id,
      diveNumber,
      score,
      difficulty,
    }));
  }

  /** For every transition its probability at every sampled frame, see {@link transitionProbabilities}. */
  get probabilities(): number[][] {
    return transitionProbabilities(this.#parts.description.logits, this.#parts.scorer.model.config);
  }

  /**
   * The same video against the same exemplars with its transitions elsewhere, without another pass through the backbone.
   *
   * @param positions - Indices of sampled frames, ascending, as many as the model has transitions.
   */
  async moved(positions: readonly number[]): Promise<ExaminedVideo> {
    const description = await this.#parts.scorer.moved(this.#parts.description, positions);
    return ExaminedVideo.compare({ ...this.#parts, description }, this.milliseconds);
  }

  /** Where in time and image the evidence for this score lies, see {@link saliency}. */
  saliency(options: SaliencyOptions = {}): Promise<Saliency> {
    const { scorer, clip, chosen } = this.#parts;
    return scorer.saliency(clip.frames, this.positions, chosen.exemplars, options);
  }
}
