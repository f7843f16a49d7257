import { ArgumentError, formatShape } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { BatchStatistics, Observe } from './batch-layers.js';
import type { GsmRegNetYConfig } from './config.js';

/** Momentum of running statistics. Source: PyTorch's default. */
const MOMENTUM = 0.1;

/** Moves running statistics by a tenth towards those of each batch. */
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

/** Averages the statistics of several batches; every batch has the same weight, regardless of its size. */
export class StatisticsSum {
  readonly #sums = new Map<string, tf.Tensor>();
  #batches = 0;

  /** Adds the statistics of a batch. */
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
 * Throws unless every normalisation has more than one value per channel; one value has no variance.
 *
 * @throws {@link ArgumentError} naming the shape of `x`.
 */
export function assertEnoughValues(caller: string, x: tf.Tensor5D, config: GsmRegNetYConfig): void {
  const [batch, time, height, width] = x.shape;
  const step = 2 ** (config.widths.length + 1);
  if (batch * time * Math.ceil(height / step) * Math.ceil(width / step) < 2) {
    throw new ArgumentError(
      `${caller}: expected more than one value per channel in the last stage for batch statistics, got frames ${formatShape(x.shape)}.`,
    );
  }
}
