import * as tf from '@tensorflow/tfjs-core';

/** Gradients by input: tensors, or functions that are called only if the gradient is requested. */
export type InputGradients<Inputs> = { [Name in keyof Inputs]: tf.Tensor | (() => tf.Tensor) };

/** An operation with a hand-written gradient. */
export interface DifferentiableOperation<
  Inputs extends Record<string, tf.Tensor>,
  Output extends tf.Tensor | tf.Tensor[],
> {
  inputs: Inputs;
  /** Runs inside a tidy; `save` keeps tensors for the backward pass if a gradient is recorded. */
  forward(save: (tensors: tf.Tensor[]) => void): Output;
  /**
   * Receives the gradients of the outputs, zeros for unused outputs. Runs outside any tidy: dispose intermediates, or
   * return functions (each of which runs inside a tidy).
   */
  backward(dy: Output, saved: tf.Tensor[]): InputGradients<Inputs>;
}

/** The method of tfjs-core's engine behind `tf.customGrad`; private in its types, unchanged since 2.0. */
interface EngineWithGradients {
  runKernelFunc(invocation: {
    inputs: Record<string, tf.Tensor>;
    forwardFunc: (backend: unknown, save: (tensors: tf.Tensor[]) => void) => tf.Tensor | tf.Tensor[];
    backwardsFunc: (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => Record<string, () => tf.Tensor>;
  }): tf.Tensor | tf.Tensor[];
}

/**
 * `tf.customGrad` with named inputs and several outputs. It computes only the requested gradients: the stem of a network need not
 * differentiate its images.
 */
export function differentiable<Inputs extends Record<string, tf.Tensor>, Output extends tf.Tensor | tf.Tensor[]>(
  operation: DifferentiableOperation<Inputs, Output>,
): Output {
  const engine = tf.engine() as unknown as EngineWithGradients;
  return engine.runKernelFunc({
    inputs: operation.inputs,
    forwardFunc: (_backend, save) => operation.forward(save),
    backwardsFunc: (dy, saved) => {
      const gradients = operation.backward(dy as Output, saved);
      return Object.fromEntries(
        Object.entries(gradients).map(([name, gradient]) => [
          name,
          gradient instanceof tf.Tensor ? () => gradient : gradient,
        ]),
      );
    },
  }) as Output;
}
