import { ArgumentError, formatShape } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { BatchStatistics, Observe } from './batch-layers.js';
import type { GsmRegNetYConfig } from './config.js';

/** How far a training step moves running statistics. Source: PyTorch's default. */
const MOMENTUM = 0.1;

/** Moves running statistics by a tenth towards those of each batch that it is told of. */
export function followBatches(weights: ReadonlyMap<string, tf.Variable>): Observe {
  const move = (name: string, towards: tf.Tensor) => {
    const running = weights.get(name)!;
    tf.tidy(() => running.assign(tf.add(tf.mul(running, 1 - MOMENTUM), tf.mul(towards, MOMENTUM))));
  };
  return (norm, { mean, variance }) => {
    move(`${norm}.running_mean`, mean);
    move(`${norm}.running_var`, variance);
  };
}

/** Adds up the statistics of several batches; every batch counts the same, whatever its size. */
export class StatisticsSum {
  readonly #sums = new Map<string, tf.Tensor>();
  #batches = 0;

  /** Statistics of one more batch. */
  startBatch(): Observe {
    this.#batches += 1;
    return (norm, { mean, variance }: BatchStatistics) => {
      this.#add(`${norm}.running_mean`, mean);
      this.#add(`${norm}.running_var`, variance);
    };
  }

  get batches(): number {
    return this.#batches;
  }

  /** Sets running statistics to the averages. */
  assignAverages(weights: ReadonlyMap<string, tf.Variable>): void {
    for (const [name, sum] of this.#sums) {
      tf.tidy(() => weights.get(name)!.assign(tf.div(sum, this.#batches)));
    }
  }

  dispose(): void {
    tf.dispose([...this.#sums.values()]);
    this.#sums.clear();
  }

  #add(name: string, value: tf.Tensor): void {
    const before = this.#sums.get(name);
    this.#sums.set(name, tf.keep(before ? tf.add(before, value) : tf.clone(value)));
    before?.dispose();
  }
}

/**
 * Throws unless every normalisation sees more than one value of a channel, without which there is no variance.
 *
 * @throws {@link ArgumentError} naming the shape of `x`.
 */
export function assertEnoughValues(caller: string, x: tf.Tensor5D, config: GsmRegNetYConfig): void {
  const [batch, time, height, width] = x.shape;
  const step = 2 ** (config.widths.length + 1);
  if (batch * time * Math.ceil(height / step) * Math.ceil(width / step) < 2) {
    throw new ArgumentError(
      `${caller}: batch statistics need more than one value a channel in the last stage, got frames ${formatShape(x.shape)}.`,
    );
  }
}
