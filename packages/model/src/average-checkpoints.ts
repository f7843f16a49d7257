import { DataError } from '@mcore/errors';
import { type SafeTensor, toFloat32 } from '@mcore/safetensors';
import type { Checkpoint } from './checkpoint.js';

/**
 * The mean of the weights of several checkpoints of one run, which often does better than the last of them.
 *
 * Source: Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", UAI 2018. Batch normalisation here keeps
 * fixed statistics, so that these are averaged like all else and need not be measured again.
 *
 * @param checkpoints - At least two, of one configuration and trained on the same clips.
 * @returns A checkpoint without calibration and limits, which belong to other weights; its step is the largest.
 * @throws {@link DataError} if the checkpoints don't belong together.
 */
export function averageCheckpoints(checkpoints: readonly Checkpoint[]): Checkpoint {
  const [first, ...others] = checkpoints;
  if (!first || others.length === 0) {
    throw new DataError(`averageCheckpoints: expected at least two checkpoints, got ${checkpoints.length}.`);
  }
  for (const [index, { info }] of others.entries()) {
    const different = (['config', 'data', 'trainedOn'] as const).find(
      (key) => JSON.stringify(info[key]) !== JSON.stringify(first.info[key]),
    );
    if (different === undefined) continue;
    throw new DataError(
      `averageCheckpoints: expected checkpoints of one run, got another ${different} in number ${index + 2} than in the first.`,
    );
  }
  const tensors = new Map<string, SafeTensor>();
  for (const [name, { shape }] of first.tensors) {
    const all = checkpoints.map((checkpoint) => {
      const tensor = checkpoint.tensors.get(name);
      if (tensor && tensor.shape.join() === shape.join()) return toFloat32(tensor);
      throw new DataError(
        `averageCheckpoints: expected ${name} of the same shape in all checkpoints, got another or none.`,
      );
    });
    const data = Float32Array.from(all[0]!, (_, index) => {
      let sum = 0;
      for (const values of all) sum += values[index]!;
      return sum / all.length;
    });
    tensors.set(name, { dtype: 'F32', shape, data });
  }
  const { calibration: _, outliers: __, notes, ...info } = first.info;
  const step = Math.max(...checkpoints.map((checkpoint) => checkpoint.info.step));
  const averaged = checkpoints.map((checkpoint) => checkpoint.info.step);
  return { info: { ...info, step, notes: { ...notes, averagedSteps: averaged } }, tensors, optimiser: new Map() };
}
