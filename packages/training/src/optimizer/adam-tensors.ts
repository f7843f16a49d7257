import type { SafeTensor } from '@mcore/safetensors';
import type { AdamState } from './adam.js';

/** An optimiser's state as tensors of a checkpoint, whose step is Adam's. */
export function adamTensors({ mean, square }: AdamState): [string, SafeTensor][] {
  return [
    ['mean', flatTensor(mean)],
    ['square', flatTensor(square)],
  ];
}

/** What {@link adamTensors} wrote. */
export function adamOf(optimiser: ReadonlyMap<string, SafeTensor>, step: number): AdamState {
  const [mean, square] = ['mean', 'square'].map((name) => optimiser.get(name)!.data as Float32Array);
  return { step, mean: mean!, square: square! };
}

/** The moving average of the parameters as a tensor; empty if weights are not averaged. */
export function averageTensors({ average }: { average?: Float32Array }): [string, SafeTensor][] {
  return average ? [['average', flatTensor(average)]] : [];
}

/** What {@link averageTensors} wrote. */
export function averageOf(optimiser: ReadonlyMap<string, SafeTensor>): { average?: Float32Array } {
  const tensor = optimiser.get('average');
  return tensor ? { average: tensor.data as Float32Array } : {};
}

/** Numbers as they are. */
export function flatTensor(data: Float32Array): SafeTensor {
  return { dtype: 'F32', shape: [data.length], data };
}
