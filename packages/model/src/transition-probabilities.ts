import type { MCoReConfig } from './config.js';

/**
 * The probability that each sampled frame begins each later stage, in the form the weights were trained with: `'released'`, a
 * softmax over the frames of a transition, which sums to 1; `'paper'`, the sigmoid of every frame's logit.
 *
 * @param logits - Frames x transitions, as in `EncodedClip`.
 * @param config - Configuration of the model.
 * @returns A list of frames for every transition.
 */
export function transitionProbabilities(
  logits: Float32Array,
  { stages, loss }: Pick<MCoReConfig, 'stages' | 'loss'>,
): number[][] {
  const count = stages - 1;
  return Array.from({ length: count }, (_, transition) => {
    const column = Array.from({ length: logits.length / count }, (_, frame) => logits[frame * count + transition]!);
    return loss.segmentation === 'released' ? softmax(column) : column.map((logit) => 1 / (1 + Math.exp(-logit)));
  });
}

function softmax(values: readonly number[]): number[] {
  const largest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
