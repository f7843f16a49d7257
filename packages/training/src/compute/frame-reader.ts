import type { Frames } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { framesTensor, type MCoRe } from '@mcore/model';
import { segmentationLoss } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';
import type { Input, Learner } from './learner.js';
import { ParameterLayout } from './parameter-layout.js';

/** Consecutive frames and what they show. */
export interface FrameWindow {
  /** As the model takes them: sampled, resized and cropped. */
  frames: Frames;
  /** What is to be read, frames x readings, row after row. */
  values: Float32Array;
  /** How much each value counts; 0 where it can't be seen. */
  weights: Float32Array;
  /** Of a whole clip: the frames that begin its later stages. Needed where the segmenter is taught too. */
  transitions?: readonly number[];
}

/** Windows of as many frames each, whose gradient is computed at once. */
export interface WindowBatch extends Input {
  windows: readonly FrameWindow[];
  /** Seed of the segmenter's dropout, where it is taught. */
  dropoutSeed?: string;
}

/** Sum of weighted squared errors over frames. */
export type ReadingLosses = {
  /** A frame's mean, plus the segmentation loss. */
  total: number;
  /** A clip's mean of L_ce; 0 where the segmenter is not taught. */
  segmentation: number;
};

/** Options of {@link FrameReader}. */
export interface FrameReaderOptions {
  /** What is read of every frame. */
  readings: number;
  /** Windows are whole clips, and the segmenter learns their transitions on the same features. */
  segmentation?: boolean;
}

/**
 * Teaches a model's backbone to see: a linear layer reads values off every frame's features, and backbone and layer learn together. The layer
 * is thrown away; the backbone is where training on scores starts from, as others start from a network trained on ImageNet.
 *
 * loss = sum over frames and readings of weight x (reading - value)^2 / frames
 *
 * With `segmentation` the windows are whole clips and the segmentation loss L_ce of the model's segmenter is added.
 */
export class FrameReader implements Learner<WindowBatch, ReadingLosses> {
  readonly model: MCoRe;
  readonly layout: ParameterLayout;
  readonly #weight: tf.Variable<tf.Rank.R2>;
  readonly #bias: tf.Variable<tf.Rank.R1>;
  readonly #segments: boolean;

  /** @param model - Its backbone is changed by {@link setParameters}; the caller disposes it. The layer starts at 0. */
  constructor(model: MCoRe, { readings, segmentation = false }: FrameReaderOptions) {
    this.model = model;
    this.#segments = segmentation;
    this.#weight = tf.tidy(() => tf.variable(tf.zeros([model.backbone.featureSize, readings]) as tf.Tensor2D));
    this.#bias = tf.tidy(() => tf.variable(tf.zeros([readings]) as tf.Tensor1D));
    const named = new Map<string, tf.Variable>([
      ...model.backbone.weights(),
      ...(segmentation ? model.segmenter.weights() : []),
      ['reading.weight', this.#weight as tf.Variable],
      ['reading.bias', this.#bias as tf.Variable],
    ]);
    this.layout = new ParameterLayout(named);
  }

  async setParameters(flat: Float32Array): Promise<void> {
    this.layout.write(flat);
  }

  /** @throws {@link ArgumentError} if there is no window, or windows have not as many frames each. */
  async gradient({ windows, dropoutSeed }: WindowBatch): Promise<{ losses: ReadingLosses; gradient: Float32Array }> {
    assertAlike(windows);
    const frames = windows.length * windows[0]!.frames.count;
    const variables = [...this.layout.variables];
    const parts: tf.Scalar[] = [];
    const { value, grads } = tf.tidy(() => {
      const shape: [number, number] = [frames, this.#bias.size];
      const values = tf.tensor2d(joined(windows.map((window) => window.values)), shape);
      const weights = tf.tensor2d(joined(windows.map((window) => window.weights)), shape);
      const clips = tf.concat(windows.map((window) => framesTensor(window.frames))); // [B, T, H, W, 3]
      const loss = () => {
        const features = this.model.features(clips); // [B, T, C]
        const errors = tf.mul(tf.square(tf.sub(this.#read(features), values)), weights); // [B T, R]
        const reading = tf.div(tf.sum(errors), frames) as tf.Scalar;
        if (!this.#segments) return reading;
        const logits = this.model.transitionLogits(features, dropoutSeed); // [B, T, K]
        const transitions = windows.map((window) => window.transitions ?? []);
        const segmentation = segmentationLoss(logits, transitions, { form: this.model.config.loss.segmentation });
        parts.push(tf.keep(segmentation));
        return tf.add(reading, segmentation) as tf.Scalar;
      };
      const computed = tf.variableGrads(loss, variables);
      return { value: computed.value, grads: variables.map((variable) => computed.grads[variable.name]!) };
    });
    try {
      const [total, segmentation = 0] = await Promise.all(
        [value, ...parts].map(async (scalar) => (await scalar.data())[0]!),
      );
      return { losses: { total: total!, segmentation }, gradient: await this.layout.gather(grads) };
    } finally {
      tf.dispose([value, ...parts, ...grads]);
    }
  }

  /**
   * Reads a clip.
   *
   * @returns Frames x readings, row after row.
   */
  async read(frames: Frames): Promise<Float32Array> {
    const readings = tf.tidy(() => this.#read(this.model.features(framesTensor(frames))));
    try {
      return (await readings.data()) as Float32Array;
    } finally {
      readings.dispose();
    }
  }

  /** Frees the layer; the model stays. */
  dispose(): void {
    this.#weight.dispose();
    this.#bias.dispose();
  }

  /** [B, T, C] to [B T, R] */
  #read(features: tf.Tensor3D): tf.Tensor2D {
    const rows = tf.reshape(features, [-1, this.model.backbone.featureSize]); // [B T, C]
    return tf.add(tf.matMul(rows, this.#weight), this.#bias);
  }
}

function assertAlike(windows: readonly FrameWindow[]): void {
  const counts = new Set(windows.map(({ frames }) => frames.count));
  if (counts.size === 1) return;
  const got = counts.size === 0 ? 'none' : `windows of ${[...counts].join(' and ')} frames`;
  throw new ArgumentError(`FrameReader.gradient: expected one or more windows of as many frames each, got ${got}.`);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
