import type { OptimiserConfig } from '@mcore/model';
import { Adam, type AdamState } from './adam.js';
import { learningRateFactor } from './learning-rate.js';
import { NotFiniteError, type SeenPair } from './not-finite-error.js';
import type { LossValues, PairInput, Replica } from './replica.js';

/** Where a training run stands; with the same data and seed it goes on to the bit. */
export interface TrainerState {
  parameters: Float32Array;
  adam: AdamState;
}

/** What a {@link Trainer} works with. */
export interface TrainerOptions {
  optimiser: OptimiserConfig;
  totalSteps: number;
  /** A learning rate for every parameter. */
  learningRates: Float32Array;
  /** Copies of the model; pairs are spread over them, and the result does not depend on how many there are. */
  replicas: readonly Replica[];
  /** The pairs of a step; asked for one step ahead. */
  pairsOf: (step: number) => Promise<readonly PairInput[]>;
}

/** One line of the training log. */
export interface StepRecord extends LossValues {
  /** Steps done, this one included. */
  step: number;
  learningRate: number;
  /** Norm of the gradient before clipping. */
  gradientNorm: number;
}

/** Runs training steps: gradients of a batch's pairs, their mean, clipping, Adam. */
export class Trainer {
  readonly #options: TrainerOptions;
  readonly #parameters: Float32Array;
  readonly #adam: Adam;
  #next: { step: number; pairs: Promise<readonly PairInput[]> } | undefined;

  /**
   * @param start - Initial parameters, or the state of a run to go on with.
   * @param options - See {@link TrainerOptions}.
   */
  constructor(start: Float32Array | TrainerState, options: TrainerOptions) {
    this.#options = options;
    const fresh = start instanceof Float32Array;
    this.#parameters = (fresh ? start : start.parameters).slice();
    this.#adam = new Adam(fresh ? start.length : start.adam);
  }

  /** Steps done. */
  get step(): number {
    return this.#adam.state.step;
  }

  /** The present parameters; they change with the next step. */
  get parameters(): Float32Array {
    return this.#parameters;
  }

  /** A copy of everything that is needed to go on. */
  state(): TrainerState {
    const { step, mean, square } = this.#adam.state;
    return { parameters: this.#parameters.slice(), adam: { step, mean: mean.slice(), square: square.slice() } };
  }

  /**
   * Does one step.
   *
   * @throws {@link NotFiniteError} naming step and pair if a loss or gradient is not finite; nothing is changed then.
   */
  async run(): Promise<StepRecord> {
    const { optimiser, totalSteps, replicas, learningRates } = this.#options;
    const pairs = await this.#take(this.step);
    await Promise.all(replicas.map((replica) => replica.setParameters(this.#parameters)));
    const { losses, gradient, seen } = await meanGradient(pairs, replicas, this.#parameters.length);
    const gradientNorm = norm(gradient);
    if (!Number.isFinite(losses.total + gradientNorm)) throw new NotFiniteError(this.step + 1, seen);
    clip(gradient, gradientNorm, optimiser.gradientNorm);
    const factor = learningRateFactor(optimiser, this.step, totalSteps);
    this.#adam.update(this.#parameters, gradient, learningRates, factor);
    return { step: this.step, ...losses, gradientNorm, learningRate: optimiser.learningRate * factor };
  }

  /** The pairs of a step, while those of the next one are already being made ready. */
  async #take(step: number): Promise<readonly PairInput[]> {
    const { pairsOf, totalSteps } = this.#options;
    const current = this.#next?.step === step ? this.#next.pairs : pairsOf(step);
    const pairs = await current;
    this.#next = undefined;
    if (step + 1 < totalSteps) {
      const ahead = pairsOf(step + 1);
      // a failure is reported when the step is taken, not as an unhandled rejection before
      ahead.catch(() => {});
      this.#next = { step: step + 1, pairs: ahead };
    }
    return pairs;
  }
}

/**
 * Mean over pairs, each a micro-batch of its own: their gradients are accumulated in their order, whatever order the replicas
 * finish in. As every part of the loss is a mean over pairs, this is the gradient of the whole batch.
 */
async function meanGradient(
  pairs: readonly PairInput[],
  replicas: readonly Replica[],
  size: number,
): Promise<{ losses: LossValues; gradient: Float32Array; seen: SeenPair[] }> {
  const sum = new Float32Array(size);
  const losses: LossValues = { total: 0, regression: 0, segmentation: 0, contrastive: 0 };
  const waiting = new Map<number, { losses: LossValues; gradient: Float32Array }>();
  const seen: SeenPair[] = [];
  let taken = 0;
  let added = 0;
  const addInOrder = () => {
    for (let next = waiting.get(added); next; next = waiting.get(added)) {
      seen.push({ pair: pairs[added]!, losses: next.losses, gradientNorm: norm(next.gradient) });
      waiting.delete(added++);
      add(sum, next.gradient);
      for (const part of Object.keys(losses) as (keyof LossValues)[]) losses[part] += next.losses[part] / pairs.length;
    }
  };
  const work = async (replica: Replica) => {
    while (taken < pairs.length) {
      const index = taken++;
      waiting.set(index, await replica.gradient(pairs[index]!));
      addInOrder();
    }
  };
  await Promise.all(replicas.map(work));
  for (let index = 0; index < size; index++) sum[index]! /= pairs.length;
  return { losses, gradient: sum, seen };
}

/** Not in a closure, where V8 keeps every number in an object of its own. */
function add(sum: Float32Array, values: Float32Array): void {
  for (let index = 0; index < sum.length; index++) sum[index]! += values[index]!;
}

function norm(values: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]! ** 2;
  return Math.sqrt(sum);
}

/** Scales the gradient down to the largest allowed norm, as PyTorch's `clip_grad_norm_` does. */
function clip(gradient: Float32Array, present: number, largest: number | null): void {
  if (largest === null || present <= largest) return;
  const scale = largest / (present + 1e-6);
  for (let index = 0; index < gradient.length; index++) gradient[index]! *= scale;
}
