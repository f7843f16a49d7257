import { type Clip, ExemplarPool } from '@mcore/clips';
import { Random } from '@mcore/random';

/** A query and its exemplar, both from training. */
export interface ClipPair {
  query: Clip;
  exemplar: Clip;
}

/**
 * The pairs of every training step, as a pure function of seed and step: a run that is cut off and resumed sees the
 * same pairs. Every epoch passes once through all clips in a new order; the exemplar is another random clip of the same
 * dive number, or the clip itself where there is no other.
 */
export class PairSampler {
  readonly #clips: readonly Clip[];
  readonly #seed: number | string;
  readonly #pool: ExemplarPool;
  #order: { epoch: number; clips: readonly Clip[] } | undefined;

  /**
   * @param clips - The training clips.
   * @param seed - Of orders and exemplars.
   * @throws {@link ArgumentError} if there is no clip, or one is no training clip.
   */
  constructor(clips: readonly Clip[], seed: number | string) {
    this.#clips = clips;
    this.#seed = seed;
    this.#pool = new ExemplarPool(clips);
  }

  /** Steps an epoch takes; the last one of an epoch borrows from the next so that every batch is full. */
  stepsPerEpoch(batchSize: number): number {
    return Math.ceil(this.#clips.length / batchSize);
  }

  /** The pairs of one step. */
  batch(step: number, batchSize: number): ClipPair[] {
    return Array.from({ length: batchSize }, (_, slot) => this.#pair(step * batchSize + slot));
  }

  #pair(position: number): ClipPair {
    const epoch = Math.floor(position / this.#clips.length);
    const query = this.#epochOrder(epoch)[position % this.#clips.length]!;
    return { query, exemplar: this.#pool.drawPartner(query, Random.for(this.#seed, 'exemplar', position)) };
  }

  #epochOrder(epoch: number): readonly Clip[] {
    if (this.#order?.epoch !== epoch) {
      this.#order = { epoch, clips: Random.for(this.#seed, 'order', epoch).shuffle(this.#clips) };
    }
    return this.#order.clips;
  }
}
