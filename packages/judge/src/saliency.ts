import type { Frames } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { type Exemplar, framesTensor, type MCoRe, type StageShape } from '@mcore/model';
import * as tf from '@tensorflow/tfjs-core';

/** How much each part of a clip moves its score. */
export interface Saliency {
  /** Sampled frames x rows x columns of cells, points a grey level, at least 0: a cell's sum over its pixels and colours. */
  maps: Float32Array;
  /** The sum over each frame. */
  time: Float32Array;
  rows: number;
  columns: number;
}

/** How finely {@link saliency} looks. */
export interface SaliencyOptions {
  /** Width and height of a cell in pixels of the cropped frames; 4 unless given. The last ones may be smaller. */
  readonly cell?: number;
}

/** What a clip is compared with while its frames change; all of it is held fast. */
interface Comparison {
  transitions: readonly number[];
  exemplars: readonly Exemplar[];
  shape: StageShape;
}

/**
 * Where in time and image the evidence for a score lies: the absolute gradient of the score with respect to every pixel,
 * summed over colours and over cells of pixels. Transitions and exemplars are held fast.
 *
 * It says where a small change would move the score, not whether what is there is good or bad.
 *
 * Source: Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency
 * Maps", ICLR workshop 2014, section 3; they take the largest of the colours, here they are summed.
 *
 * @param model - Differentiated at its present weights.
 * @param frames - Cropped, as many as the model takes.
 * @throws {@link ArgumentError} if there is no exemplar or a cell is no whole number of pixels.
 */
export async function saliency(
  model: MCoRe,
  frames: Frames,
  comparison: Comparison,
  { cell = 4 }: SaliencyOptions = {},
): Promise<Saliency> {
  if (!Number.isInteger(cell) || cell < 1) {
    throw new ArgumentError(`saliency: cell must be a positive whole number of pixels, got ${cell}.`);
  }
  const gradient = scoreGradient(model, frames, comparison);
  const pixels = tf.tidy(() => tf.sum(tf.abs(gradient), -1)); // [T, H, W]
  gradient.dispose();
  const values = (await pixels.data()) as Float32Array;
  pixels.dispose();
  return pool(values, frames, cell);
}

/**
 * The gradient of the score with respect to the frames, at fixed transitions and against fixed exemplars.
 *
 * @returns `[time, height, width, 3]`, points a grey level; the caller disposes it.
 * @throws {@link ArgumentError} if there is no exemplar.
 */
export function scoreGradient(
  model: MCoRe,
  frames: Frames,
  { transitions, exemplars, shape }: Comparison,
): tf.Tensor4D {
  const isExemplarFree = model.config.regression === 'exemplar-free';
  if (exemplars.length === 0 && !isExemplarFree)
    throw new ArgumentError('scoreGradient: expected at least one exemplar, got none.');
  return tf.tidy(() => {
    const { stages, steps, channels } = shape;
    const size = stages * steps * channels;
    const joined = new Float32Array(exemplars.length * size);
    for (const [row, exemplar] of exemplars.entries()) joined.set(exemplar.stages, row * size);
    const references = tf.tensor4d(joined, [exemplars.length, stages, steps, channels]);
    const scoreOf = (clip: tf.Tensor): tf.Scalar => {
      const query = model.regressionFeatures(model.features(clip as tf.Tensor5D), [transitions]);
      if (isExemplarFree) return tf.mul(tf.mean(model.ownScore(query)), model.config.scoreScale);
      // the mean over exemplars of eq. 13 and over stages; an exemplar's own score does not depend on the frames
      return tf.mul(tf.mean(model.regressor.applyPerStage(query, references)), model.config.scoreScale);
    };
    const gradient = tf.grad(scoreOf)(framesTensor(frames));
    return tf.squeeze(gradient, [0]) as tf.Tensor4D;
  });
}

function pool(values: Float32Array, { count, height, width }: Frames, cell: number): Saliency {
  const [rows, columns] = [Math.ceil(height / cell), Math.ceil(width / cell)];
  const maps = new Float32Array(count * rows * columns);
  const time = new Float32Array(count);
  let pixel = 0;
  for (let frame = 0; frame < count; frame++) {
    for (let y = 0; y < height; y++) {
      const row = (frame * rows + Math.floor(y / cell)) * columns;
      for (let x = 0; x < width; x++) {
        const value = values[pixel++]!;
        maps[row + Math.floor(x / cell)]! += value;
        time[frame]! += value;
      }
    }
  }
  return { maps, time, rows, columns };
}
