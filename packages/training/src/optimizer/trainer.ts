import type { OptimiserConfig } from '@mcore/model';
import type { Input, Learner, Losses } from '../compute/learner.js';
import type { LossValues, PairInput } from '../compute/replica.js';
import { Adam, type AdamState } from './adam.js';
import { learningRateFactor } from './learning-rate.js';
import { NotFiniteError, type SeenInput } from './not-finite-error.js';

/** State of a training run. With the same data and seed it resumes bit-exactly. */
export interface TrainerState {
  parameters: Float32Array;
  adam: AdamState;
  /** Moving average of the parameters, if they are averaged. */
  average?: Float32Array;
}

/** What a {@link Trainer} works with. */
export interface TrainerOptions<I extends Input = PairInput, L extends Losses = LossValues> {
  optimiser: Pick<
    OptimiserConfig,
    | 'learningRate'
    | 'schedule'
    | 'warmupSteps'
    | 'gradientNorm'
    | 'weightDecay'
    | 'averaging'
    | 'decayEvery'
    | 'decayFactor'
  >;
  totalSteps: number;
  /** A learning rate for every parameter. */
  learningRates: Float32Array;
  /** Copies of what learns; inputs are spread over them, and the result does not depend on how many there are. */
  replicas: readonly Learner<I, L>[];
  /** The inputs of a step, such as pairs; asked for one step ahead. */
  inputsOf: (step: number) => Promise<readonly I[]>;
}

/** One line of the training log: the losses, and what was done with them. */
export type StepRecord<L extends Losses = LossValues> = L & {
  /** Steps done, this one included. */
  step: number;
  learningRate: number;
  /** Norm of the gradient before clipping. */
  gradientNorm: number;
};

/** Runs training steps: gradients of a batch's inputs, their mean, clipping, Adam. */
export class Trainer<I extends Input = PairInput, L extends Losses = LossValues> {
  readonly #options: TrainerOptions<I, L>;
  readonly #parameters: Float32Array;
  readonly #adam: Adam;
  readonly #average: Float32Array | undefined;
  #next: { step: number; inputs: Promise<readonly I[]> } | undefined;

  /**
   * @param start - Initial parameters, or the state of a run to resume.
   * @param options - See {@link TrainerOptions}.
   */
  constructor(start: Float32Array | TrainerState, options: TrainerOptions<I, L>) {
    this.#options = options;
    const fresh = start instanceof Float32Array;
    this.#parameters = (fresh ? start : start.parameters).slice();
    const { weightDecay = 0, averaging } = options.optimiser;
    this.#adam = new Adam(fresh ? start.length : start.adam, { weightDecay });
    if (averaging !== undefined) this.#average = ((fresh ? undefined : start.average) ?? this.#parameters).slice();
  }

  /** Steps done. */
  get step(): number {
    return this.#adam.state.step;
  }

  /** The present parameters; they change with the next step. */
  get parameters(): Float32Array {
    return this.#parameters;
  }

  /** The parameters to validate and to keep: their moving average if they are averaged; they change with the next step. */
  get kept(): Float32Array {
    return this.#average ?? this.#parameters;
  }

  /** A copy of everything that is needed to resume. */
  state(): TrainerState {
    const { step, mean, square } = this.#adam.state;
    const average = this.#average ? { average: this.#average.slice() } : {};
    const adam = { step, mean: mean.slice(), square: square.slice() };
    return { parameters: this.#parameters.slice(), adam, ...average };
  }

  /**
   * Does one step.
   *
   * @throws {@link NotFiniteError} naming step and input if a loss or gradient is not finite; nothing is changed then.
   */
  async run(): Promise<StepRecord<L>> {
    const { optimiser, totalSteps, replicas, learningRates } = this.#options;
    const inputs = await this.#take(this.step);
    await Promise.all(replicas.map((replica) => replica.setParameters(this.#parameters)));
    const { losses, gradient, seen } = await meanGradient(inputs, replicas, this.#parameters.length);
    const gradientNorm = norm(gradient);
    if (!Number.isFinite(losses.total + gradientNorm)) throw new NotFiniteError(this.step + 1, seen);
    clip(gradient, gradientNorm, optimiser.gradientNorm);
    const factor = learningRateFactor(optimiser, this.step, totalSteps);
    this.#adam.update(this.#parameters, gradient, learningRates, factor);
    if (this.#average) moveAverage(this.#average, this.#parameters, averagingAt(this.step, optimiser.averaging!));
    return { step: this.step, ...losses, gradientNorm, learningRate: optimiser.learningRate * factor };
  }

  /** The inputs of a step, while those of the next one are already being made ready. */
  async #take(step: number): Promise<readonly I[]> {
    const { inputsOf, totalSteps } = this.#options;
    const current = this.#next?.step === step ? this.#next.inputs : inputsOf(step);
    const inputs = await current;
    this.#next = undefined;
    if (step + 1 < totalSteps) {
      const ahead = inputsOf(step + 1);
      // a failure is reported when the step is taken, not as an unhandled rejection before
      ahead.catch(() => {});
      this.#next = { step: step + 1, inputs: ahead };
    }
    return inputs;
  }
}

/**
 * The decay of the moving average after some steps: `min(decay, (1 + steps) / (10 + steps))`, so that the first weights don't weigh long.
 *
 * Source: `tf.train.ExponentialMovingAverage` with `num_updates`.
 */
function averagingAt(steps: number, decay: number): number {
  return Math.min(decay, (1 + steps) / (10 + steps));
}

function moveAverage(average: Float32Array, values: Float32Array, decay: number): void {
  for (let index = 0; index < average.length; index++) {
    average[index] = decay * average[index]! + (1 - decay) * values[index]!;
  }
}

/**
 * Mean over inputs, each a micro-batch of its own: their gradients are accumulated in their order, whatever order the replicas
 * finish in. As every part of the loss is a mean over inputs, this is the gradient of the whole batch.
 */
async function meanGradient<I extends Input, L extends Losses>(
  inputs: readonly I[],
  replicas: readonly Learner<I, L>[],
  size: number,
): Promise<{ losses: L; gradient: Float32Array; seen: SeenInput<I>[] }> {
  const sum = new Float32Array(size);
  const losses: Record<string, number> = {};
  const waiting = new Map<number, { losses: L; gradient: Float32Array }>();
  const seen: SeenInput<I>[] = [];
  let taken = 0;
  let added = 0;
  const addInOrder = () => {
    for (let next = waiting.get(added); next; next = waiting.get(added)) {
      seen.push({ input: inputs[added]!, losses: next.losses, gradientNorm: norm(next.gradient) });
      waiting.delete(added++);
      add(sum, next.gradient);
      for (const [part, value] of Object.entries(next.losses)) {
        losses[part] = (losses[part] ?? 0) + value / inputs.length;
      }
    }
  };
  const work = async (replica: Learner<I, L>) => {
    while (taken < inputs.length) {
      const index = taken++;
      waiting.set(index, await replica.gradient(inputs[index]!));
      addInOrder();
    }
  };
  await Promise.all(replicas.map(work));
  for (let index = 0; index < size; index++) sum[index]! /= inputs.length;
  return { losses: losses as L, gradient: sum, seen };
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
