import { ArgumentError } from '@mcore/errors';
import { Adam, learningRateFactor, ParameterLayout } from '@mcore/training';
import * as tf from '@tensorflow/tfjs-core';
import type { FeatureTrainingSettings } from './settings.js';

/** A loss and its parts as numbers, with the gradient in the order of a `ParameterLayout`. */
export interface StepGradient<Losses> {
  readonly losses: Losses & { readonly total: number };
  readonly gradient: Float32Array;
}

/** How far a training is: weights and optimizer state after some steps. */
export interface TrainingSnapshot {
  /** Steps done. */
  readonly step: number;
  /** Trainable weights, end to end. */
  readonly parameters: Float32Array;
  /** Adam's running means of the gradient and of its square. */
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

/** Keeps snapshots of a training, in a file say. */
export interface TrainingKeeper {
  /** Steps between snapshots. */
  readonly every: number;
  /** The last snapshot of the same training; undefined if nothing was saved. */
  load(): Promise<TrainingSnapshot | undefined>;
  /** Called with arrays that change after it has returned. */
  save(snapshot: TrainingSnapshot): Promise<void>;
}

/** What {@link adamSteps} works with. */
export interface AdamStepsOptions<Losses> {
  /** For messages: the public function. */
  readonly caller: string;
  readonly weights: Map<string, tf.Variable>;
  readonly settings: FeatureTrainingSettings;
  readonly signal: AbortSignal | undefined;
  readonly keep: TrainingKeeper | undefined;
  /** Losses and gradient of a step with the present weights. */
  readonly gradientAt: (step: number, layout: ParameterLayout) => Promise<StepGradient<Losses>>;
  readonly onStep: ((record: Losses & { step: number; total: number; gradientNorm: number }) => void) | undefined;
}

/**
 * Adam with warm-up, cosine, clipping and weight decay, as the settings say.
 *
 * @throws {@link ArgumentError} if the loss stops being finite; the signal's reason if it is aborted.
 */
export async function adamSteps<Losses>(options: AdamStepsOptions<Losses>): Promise<void> {
  const { caller, weights, settings, signal, keep, gradientAt, onStep } = options;
  const { steps, learningRate, weightDecay, warmupSteps, gradientNorm } = settings;
  const layout = new ParameterLayout(weights);
  const kept = await keep?.load();
  if (kept && (kept.parameters.length !== layout.size || kept.step > steps)) {
    throw new ArgumentError(
      `${caller}: expected a snapshot of ${layout.size} weights after at most ${steps} steps, got ${kept.parameters.length} after ${kept.step}.`,
    );
  }
  const parameters = kept?.parameters ?? (await layout.read());
  if (kept) layout.write(parameters);
  const rates = layout.fill(() => learningRate);
  const adam = new Adam(kept ?? layout.size);
  for (let step = kept?.step ?? 0; step < steps; step++) {
    signal?.throwIfAborted();
    const { losses, gradient } = await gradientAt(step, layout);
    const norm = normOf(gradient);
    if (!Number.isFinite(losses.total + norm)) {
      throw new ArgumentError(
        `${caller}: expected a finite loss in step ${step + 1}, got ${losses.total} with a gradient of norm ${norm}. Lower the learning rate.`,
      );
    }
    if (gradientNorm !== null && norm > gradientNorm) {
      for (let index = 0; index < gradient.length; index++) gradient[index]! *= gradientNorm / norm;
    }
    const factor = learningRateFactor({ schedule: 'cosine', warmupSteps }, step, steps);
    if (weightDecay > 0) {
      const kept = 1 - weightDecay * learningRate * factor;
      for (let index = 0; index < parameters.length; index++) parameters[index]! *= kept;
    }
    adam.update(parameters, gradient, rates, factor);
    layout.write(parameters);
    if (keep && ((step + 1) % keep.every === 0 || step + 1 === steps)) {
      const { mean, square } = adam.state;
      await keep.save({ step: step + 1, parameters, mean, square });
    }
    onStep?.({ ...losses, step: step + 1, gradientNorm: norm });
  }
}

/**
 * Losses and gradient of a function of the weights.
 *
 * @param layout - Of the weights that train.
 * @param lossesOf - `total` and its parts, scalars.
 */
export async function gradientOf<Losses extends { readonly total: tf.Scalar }>(
  layout: ParameterLayout,
  lossesOf: () => Losses,
): Promise<StepGradient<Record<keyof Losses, number>>> {
  let kept: Losses | undefined;
  const grads = tf.tidy(() => {
    const computed = tf.variableGrads(() => {
      kept = lossesOf();
      for (const part of Object.values(kept)) tf.keep(part as tf.Tensor);
      return tf.clone(kept.total);
    }, [...layout.variables]);
    return layout.variables.map(({ name }) => computed.grads[name]);
  });
  try {
    const entries = await Promise.all(
      Object.entries(kept!).map(async ([name, part]) => [name, (await (part as tf.Scalar).data())[0]!] as const),
    );
    return {
      losses: Object.fromEntries(entries) as Record<keyof Losses, number> & { total: number },
      gradient: await layout.gather(grads),
    };
  } finally {
    tf.dispose([...Object.values(kept!), ...grads.filter((gradient) => gradient !== undefined)] as tf.Tensor[]);
  }
}

function normOf(values: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]! ** 2;
  return Math.sqrt(sum);
}
