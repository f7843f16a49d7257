import { DataError } from '@mcore/errors';
import { formatPath, type Schema, schemaProblems, toHalfPrecision } from '@mcore/model';
import type { Random } from '@mcore/random';
import { readSafetensors, type SafeTensor, toFloat32, writeSafetensors } from '@mcore/safetensors';
import { BiGruSegmenter } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';

/** What a {@link Spotter} says of every frame: whether it is the take-off, the entry, part of a flight, part of a replay. */
export const spotterOutputs = ['takeOff', 'entry', 'flight', 'replay'] as const;

/** Facts about a spotter, kept in its file. */
export interface SpotterInfo {
  /** Frames that it takes of a second of film. */
  readonly framesPerSecond: number;
  /** Of the backbone that it reads, see `backboneId`. */
  readonly backboneId: string;
  /** Hidden units in each direction. */
  readonly hiddenSize: number;
  /** The least confidence of what counts as a dive; chosen on validation recordings. */
  readonly threshold: number;
  /** Seconds of a clip before the take-off and after the entry; the medians of the labels. */
  readonly margins: { readonly approach: number; readonly entry: number };
  /** In words. */
  readonly trainedOn: string;
}

const FORMAT = 'mcore spotter 1';

/**
 * Finds events in a film: a small Bi-GRU over the features of a trained backbone. Owns its weights: call {@link dispose}.
 *
 * Source: the segmenter of Hong et al., "Spotting Temporally Precise, Fine-Grained Events in Video", ECCV 2022, with one output an event.
 */
export class Spotter {
  readonly info: SpotterInfo;
  /** Channels of the backbone's features. */
  readonly featureSize: number;
  /** What computes; training changes its weights. */
  readonly network: BiGruSegmenter;
  readonly #mean: Float32Array;
  readonly #scale: Float32Array;

  /**
   * @param mean - Of each channel over training recordings.
   * @param scale - What each channel's difference to the mean is multiplied by.
   */
  constructor(info: SpotterInfo, mean: Float32Array, scale: Float32Array, seed: number | string = 0) {
    this.info = info;
    this.featureSize = mean.length;
    this.#mean = mean;
    this.#scale = scale;
    this.network = new BiGruSegmenter(
      { inputSize: mean.length, hiddenSize: info.hiddenSize, dropout: 0.2, transitions: spotterOutputs.length },
      { seed },
    );
  }

  /**
   * Reads a file of {@link encodeSpotter}.
   *
   * @param name - For errors.
   * @throws {@link DataError} if the file is of another format; WeightsError if tensors are missing or of another shape.
   */
  static decode(bytes: Uint8Array, name = 'the file'): Spotter {
    const { tensors, metadata } = readSafetensors(bytes);
    const [mean, scale] = [tensors.get('mean'), tensors.get('scale')];
    if (metadata.format !== FORMAT || metadata.info === undefined || !mean || !scale) {
      throw new DataError(
        `Spotter.decode: expected ${name} to be of format "${FORMAT}", got "${metadata.format ?? 'no format in its metadata'}".`,
      );
    }
    const spotter = new Spotter(parseInfo(metadata.info, name), toFloat32(mean), toFloat32(scale));
    const weights = [...tensors].filter(([key]) => key !== 'mean' && key !== 'scale');
    const loaded = new Map(weights.map(([key, tensor]) => [key, tf.tensor(toFloat32(tensor), [...tensor.shape])]));
    try {
      spotter.network.load(loaded);
    } catch (error) {
      spotter.dispose();
      throw error;
    } finally {
      tf.dispose([...loaded.values()]);
    }
    return spotter;
  }

  /**
   * Probability of each of {@link spotterOutputs} at every frame.
   *
   * @param features - Frames x {@link featureSize}, of consecutive frames.
   * @returns Frames x outputs.
   */
  async probabilities(features: Float32Array): Promise<Float32Array> {
    const output = tf.tidy(() => tf.sigmoid(this.logits(this.normalized(features, 1))));
    try {
      return (await output.data()) as Float32Array;
    } finally {
      output.dispose();
    }
  }

  /** Features as the network takes them, `[batch, time, channels]`; the caller disposes it. */
  normalized(features: Float32Array, batch: number): tf.Tensor3D {
    const size = this.featureSize;
    const values = features.map((value, at) => (value - this.#mean[at % size]!) * this.#scale[at % size]!);
    return tf.tensor3d(values, [batch, features.length / size / batch, size]);
  }

  /** Logits, `[batch, time, outputs]`; the caller disposes them. */
  logits(features: tf.Tensor3D, options: { readonly training?: boolean; readonly random?: Random } = {}): tf.Tensor3D {
    return this.network.apply(features, options);
  }

  /** Frees the weights; calling it again does nothing. */
  dispose(): void {
    this.network.dispose();
  }

  /** The file that {@link Spotter.decode} reads, in half precision. */
  async encode(info: SpotterInfo = this.info): Promise<Uint8Array> {
    const tensors = new Map<string, SafeTensor>();
    for (const [name, variable] of this.network.weights()) {
      const data = (await variable.data()) as Float32Array;
      tensors.set(name, { dtype: 'F32', shape: variable.shape, data: data.slice() });
    }
    for (const [name, data] of [
      ['mean', this.#mean],
      ['scale', this.#scale],
    ] as const) {
      tensors.set(name, { dtype: 'F32', shape: [data.length], data });
    }
    return writeSafetensors(toHalfPrecision(tensors), { format: FORMAT, info: JSON.stringify(info) });
  }
}

const notNegative = { type: 'number', minimum: 0 } as const;

const infoSchema: Schema = {
  type: 'object',
  properties: {
    framesPerSecond: { type: 'number', exclusiveMinimum: 0, maximum: 240 },
    backboneId: { type: 'string' },
    hiddenSize: { type: 'integer', minimum: 1, maximum: 4096 },
    threshold: notNegative,
    margins: { type: 'object', properties: { approach: notNegative, entry: notNegative } },
    trainedOn: { type: 'string' },
  },
};

/** @throws {@link DataError} naming the first fact that is missing or of another kind. */
function parseInfo(text: string, name: string): SpotterInfo {
  let info: unknown;
  try {
    info = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`Spotter.decode: expected JSON as info of ${name}, got ${text.slice(0, 40)}.`, { cause });
  }
  const [problem] = schemaProblems(infoSchema, info);
  if (problem === undefined) return info as SpotterInfo;
  const place = formatPath(['info', ...problem.path]);
  throw new DataError(`Spotter.decode: expected ${problem.expected} as ${place} of ${name}, got ${problem.got}.`);
}
