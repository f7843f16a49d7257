import { averageSteps, type FeatureClip, type FeatureSequence, type FeatureSource, sampleSteps } from '@mcore/clips';
import type { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';
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

/** A linear map that follows the normalisation, so that wide features become narrow. */
export interface ChannelMixing {
  /** Channels afterwards. */
  readonly width: number;
  /** `[channels, width]`. */
  readonly weights: Float32Array;
}

/** What is done to features before a network gets them: known from training clips alone. */
export interface InputTransform extends ChannelStatistics {
  /** Normalised features are cut off at this many deviations; `null` leaves them as they are. */
  readonly clipDeviations: number | null;
  /** Whether the mean of a clip is taken from each of its channels first. */
  readonly centre: boolean;
  /** `null` leaves channels as they are. */
  readonly mixing: ChannelMixing | null;
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
  static async read(
    source: Pick<FeatureSource, 'readFeatures'>,
    clips: readonly FeatureClip[],
    steps: number,
  ): Promise<FeatureInput> {
    const sequences = new Map<string, FeatureSequence>();
    for (const { id } of clips) {
      const whole = await source.readFeatures(id);
      sequences.set(id, averageSteps(whole, Math.min(whole.steps, OVERSAMPLING * steps)));
    }
    return new FeatureInput(steps, sequences);
  }

  /** The same clips, the mean of each taken from each of its channels. */
  centred(): FeatureInput {
    return new FeatureInput(
      this.#steps,
      new Map([...this.#sequences].map(([id, sequence]) => [id, centred(sequence)])),
    );
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
   * The same clips centred where the transform says so, normalised, `(x - mean) / deviation`, cut off at some deviations, and mixed.
   *
   * @param transform - From training clips.
   */
  async transformed(transform: InputTransform): Promise<FeatureInput> {
    const sequences = new Map<string, FeatureSequence>();
    for (const [id, sequence] of this.#sequences) {
      const { data, steps, channels } = normalised(transform.centre ? centred(sequence) : sequence, transform);
      sequences.set(
        id,
        transform.mixing === null
          ? { data, steps, channels }
          : { data: await mixed(data, channels, transform.mixing), steps, channels: transform.mixing.width },
      );
    }
    return new FeatureInput(this.#steps, sequences);
  }

  /** Normalised clips in `parts` equal parts, one after the other: clips x parts x channels. */
  normalisedParts(clips: readonly FeatureClip[], parts: number, statistics: ChannelStatistics): Float32Array {
    const size = parts * statistics.mean.length;
    const result = new Float32Array(clips.length * size);
    for (const [index, { id }] of clips.entries()) {
      const sequence = normalised(this.#sequence(id), { ...statistics, clipDeviations: null });
      result.set(averageSteps(sequence, parts).data, index * size);
    }
    return result;
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

function centred({ data, steps, channels }: FeatureSequence): FeatureSequence {
  const means = new Float64Array(channels);
  for (let index = 0; index < data.length; index++) means[index % channels]! += data[index]! / steps;
  return { data: data.map((value, index) => value - means[index % channels]!), steps, channels };
}

function normalised(
  { data, steps, channels }: FeatureSequence,
  { mean, deviation, clipDeviations }: Omit<InputTransform, 'mixing' | 'centre'>,
): FeatureSequence {
  const most = clipDeviations ?? Number.POSITIVE_INFINITY;
  const changed = new Float32Array(data.length);
  for (let index = 0; index < data.length; index++) {
    const channel = index % channels;
    const value = (data[index]! - mean[channel]!) / deviation[channel]!;
    changed[index] = Math.max(-most, Math.min(most, value));
  }
  return { data: changed, steps, channels };
}

async function mixed(data: Float32Array, channels: number, { weights, width }: ChannelMixing): Promise<Float32Array> {
  const product = tf.tidy(() =>
    tf.matMul(tf.tensor2d(data, [data.length / channels, channels]), tf.tensor2d(weights, [channels, width])),
  );
  const values = (await product.data()) as Float32Array;
  product.dispose();
  return values.slice();
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
