import { type FeatureClip, type FeatureSequence, type FeatureSource, resampleSteps, sampleSteps } from '@mcore/clips';
import type { Random } from '@mcore/random';
import type { FeatureAugmentation } from './settings.js';

/** A clip is kept at most this many times as long as the model takes it, so that its pace can change. */
const OVERSAMPLING = 2;

/** Deviations below this are those of a channel that never changes. */
const SMALLEST_DEVIATION = 1e-6;

/** Mean and deviation of every channel. */
export interface ChannelStatistics {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Clips in memory, short enough to train on, normalised by training clips alone. */
export class FeatureInput {
  readonly #steps: number;
  readonly #sequences: ReadonlyMap<string, FeatureSequence>;

  private constructor(steps: number, sequences: ReadonlyMap<string, FeatureSequence>) {
    this.#steps = steps;
    this.#sequences = sequences;
  }

  /**
   * Reads clips.
   *
   * @param source - Where they are.
   * @param clips - Which ones.
   * @param steps - Steps that the model takes.
   */
  static async read(source: FeatureSource, clips: readonly FeatureClip[], steps: number): Promise<FeatureInput> {
    const sequences = new Map<string, FeatureSequence>();
    for (const { id } of clips) {
      const whole = await source.readFeatures(id);
      sequences.set(id, resampleSteps(whole, Math.min(whole.steps, OVERSAMPLING * steps)));
    }
    return new FeatureInput(steps, sequences);
  }

  /** Mean and deviation of every channel over all steps of some clips, every clip counting the same. */
  statistics(clips: readonly FeatureClip[]): ChannelStatistics {
    const { channels } = this.#sequence(clips[0]!.id);
    const [sum, squares] = [new Float64Array(channels), new Float64Array(channels)];
    for (const { id } of clips) {
      const { data, steps } = this.#sequence(id);
      for (let index = 0; index < data.length; index++) sum[index % channels]! += data[index]! / steps;
    }
    const mean = Float32Array.from(sum, (value) => value / clips.length);
    for (const { id } of clips) {
      const { data, steps } = this.#sequence(id);
      for (let index = 0; index < data.length; index++) {
        squares[index % channels]! += (data[index]! - mean[index % channels]!) ** 2 / steps;
      }
    }
    const deviation = Float32Array.from(squares, (value) => Math.sqrt(value / clips.length));
    return { mean, deviation: deviation.map((value) => (value < SMALLEST_DEVIATION ? 1 : value)) };
  }

  /**
   * The same clips normalised, `(x - mean) / deviation`, cut off at some deviations.
   *
   * @param statistics - Of training clips.
   * @param clipDeviations - `null` cuts nothing off.
   */
  normalised({ mean, deviation }: ChannelStatistics, clipDeviations: number | null): FeatureInput {
    const most = clipDeviations ?? Number.POSITIVE_INFINITY;
    const channels = mean.length;
    const sequences = [...this.#sequences].map(([id, { data, steps }]) => {
      const changed = new Float32Array(data.length);
      for (let index = 0; index < data.length; index++) {
        const channel = index % channels;
        const value = (data[index]! - mean[channel]!) / deviation[channel]!;
        changed[index] = Math.max(-most, Math.min(most, value));
      }
      return [id, { data: changed, steps, channels }] as const;
    });
    return new FeatureInput(this.#steps, new Map(sequences));
  }

  /** Clips as they are, one after the other: clips x steps x channels. */
  batch(clips: readonly FeatureClip[]): Float32Array {
    return this.#joined(clips, (sequence) => {
      const positions = new Float64Array(this.#steps);
      for (let step = 0; step < this.#steps; step++) positions[step] = evenly(sequence.steps, this.#steps, step);
      return positions;
    });
  }

  /** Clips changed at random; features must be normalised. */
  augmentedBatch(clips: readonly FeatureClip[], augmentation: FeatureAugmentation, random: Random): Float32Array {
    const { warp, offset, channelDropout } = augmentation;
    const result = this.#joined(clips, (sequence) => warpedPositions(sequence.steps, this.#steps, warp, random));
    const size = result.length / clips.length;
    const channels = size / this.#steps;
    for (let clip = 0; clip < clips.length; clip++) {
      for (let channel = 0; channel < channels; channel++) {
        const factor = channelDropout > 0 && random.chance(channelDropout) ? 0 : 1;
        const shift = offset > 0 ? random.normal(0, offset) : 0;
        if (factor === 1 && shift === 0) continue;
        const end = (clip + 1) * size;
        for (let at = clip * size + channel; at < end; at += channels) result[at] = factor * (result[at]! + shift);
      }
    }
    return result;
  }

  #joined(clips: readonly FeatureClip[], positionsOf: (sequence: FeatureSequence) => Float64Array): Float32Array {
    const { channels } = this.#sequence(clips[0]!.id);
    const result = new Float32Array(clips.length * this.#steps * channels);
    for (const [index, { id }] of clips.entries()) {
      const sequence = this.#sequence(id);
      sampleSteps(sequence, positionsOf(sequence), result, index * this.#steps * channels);
    }
    return result;
  }

  #sequence(id: string): FeatureSequence {
    return this.#sequences.get(id)!;
  }
}

function evenly(present: number, steps: number, step: number): number {
  return steps === 1 ? (present - 1) / 2 : (step * (present - 1)) / (steps - 1);
}

/** Both ends moved inwards or outwards, and the middle earlier or later; beyond the ends a clip stands still. */
function warpedPositions(present: number, steps: number, warp: number, random: Random): Float64Array {
  const [start, end, bend] = [0, 1, 2].map(() => random.uniform(-warp / 2, warp / 2)) as [number, number, number];
  const positions = new Float64Array(steps);
  for (let step = 0; step < steps; step++) {
    const time = steps === 1 ? 0.5 : step / (steps - 1);
    positions[step] = (present - 1) * (start + (1 - start + end) * time + bend * Math.sin(Math.PI * time));
  }
  return positions;
}
