import { type Spotter, spotterOutputs } from './spotter.js';

/** Frames of one pass of the spotter: about 15 s. */
const WINDOW = 192;

/** Frames at either end of a pass that only give the ones between them their surroundings: about 4 s. */
const MARGIN = 48;

/** Runs a spotter over a film of any length in windows that overlap, and keeps its probabilities: 50 numbers a second of film. */
export class ProbabilityTrack {
  readonly #spotter: Spotter;
  readonly #pending: Float32Array;
  #count = 0;
  /** Frames at the beginning of what is pending whose probabilities are known already. */
  #known = 0;
  readonly #parts: Float32Array[] = [];

  constructor(spotter: Spotter) {
    this.#spotter = spotter;
    this.#pending = new Float32Array(WINDOW * spotter.featureSize);
  }

  /**
   * Adds frames of the film.
   *
   * @param features - Of the film's next frames, `[frames, channels]`.
   */
  async push(features: Float32Array): Promise<void> {
    const size = this.#spotter.featureSize;
    for (let at = 0; at < features.length; ) {
      const length = Math.min(features.length - at, (WINDOW - this.#count) * size);
      this.#pending.set(features.subarray(at, at + length), this.#count * size);
      this.#count += length / size;
      at += length;
      if (this.#count === WINDOW) await this.#pass(WINDOW - MARGIN);
    }
  }

  /** The film ends here. Returns its probabilities, frames x outputs. */
  async finish(): Promise<Float32Array> {
    if (this.#count > this.#known) await this.#pass(this.#count);
    const all = new Float32Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** Computes what is pending, keeps the probabilities of frames up to `until`, and leaves what gives the next ones their surroundings. */
  async #pass(until: number): Promise<void> {
    const size = this.#spotter.featureSize;
    const outputs = spotterOutputs.length;
    const probabilities = await this.#spotter.probabilities(this.#pending.slice(0, this.#count * size));
    this.#parts.push(probabilities.slice(this.#known * outputs, until * outputs));
    const first = Math.max(0, until - MARGIN);
    this.#pending.copyWithin(0, first * size, this.#count * size);
    this.#count -= first;
    this.#known = until - first;
  }
}
