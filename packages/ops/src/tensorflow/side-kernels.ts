import * as tf from '@tensorflow/tfjs-core';
import { GATE_KERNELS } from '../wasm/gate-kernels.js';
import type { KernelInputs } from '../wasm/kernel.js';
import { compileKernels, linkModule } from '../wasm/module.js';
import { RECURRENCE_KERNELS } from '../wasm/recurrence-kernels.js';
import { SideMemory, type Transfer } from '../wasm/side-memory.js';

/** Reads and makes tensors on the current backend. */
const TRANSFER: Transfer = {
  read: (tensor) => (tensor as tf.Tensor).dataSync() as Float32Array,
  write: (values, shape) => tf.tensor(values, [...shape], 'float32'),
};

/**
 * Kernels that take one pass in C but thousands of eager operations in TensorFlow; a GRU of 96 steps takes about 1,700. Copying their
 * inputs and outputs costs little in comparison.
 */
export async function sideKernels(relaxed: boolean): Promise<Record<string, tf.KernelFunc>> {
  const memory = new SideMemory(linkModule(await compileKernels(relaxed)));
  const run = (kernels: Record<string, (typeof GATE_KERNELS)[string]>, name: string, inputs: KernelInputs) =>
    memory.run(kernels[name]!, inputs, {}, TRANSFER) as tf.Tensor[];
  const recurrence = (name: string): tf.KernelFunc => {
    return ({ inputs }) => run(RECURRENCE_KERNELS, name, inputs as unknown as KernelInputs);
  };
  return {
    McoreGruRecurrence: recurrence('McoreGruRecurrence'),
    McoreGruRecurrenceGradient: recurrence('McoreGruRecurrenceGradient'),

    // only the shifted channels go through WebAssembly
    McoreGateShiftModule: ({ inputs }) => {
      const { x, scale, ...others } = inputs as unknown as Record<string, tf.Tensor>;
      return tf.tidy(() => {
        const [first, rest] = splitChannels(x as tf.Tensor5D, scale!.size);
        const [y, gate] = run(GATE_KERNELS, 'McoreGateShiftModule', { x: first, scale: scale!, ...others });
        return [joinChannels(y as tf.Tensor5D, rest, x!.shape), gate!];
      });
    },
    McoreGateShiftModuleGradient: ({ inputs }) => {
      const { dy, x, scale, ...others } = inputs as unknown as Record<string, tf.Tensor>;
      return tf.tidy(() => {
        const fold = scale!.size;
        const [dyFirst, dyRest] = splitChannels(dy as tf.Tensor5D, fold);
        const [first] = splitChannels(x as tf.Tensor5D, fold);
        const given = { dy: dyFirst, x: first, scale: scale!, ...others };
        const [dx, ...gradients] = run(GATE_KERNELS, 'McoreGateShiftModuleGradient', given);
        return [joinChannels(dx as tf.Tensor5D, dyRest, dy!.shape), ...gradients];
      });
    },
  };
}

/** The first channels and, if there are more, the others, as one row per position. */
function splitChannels(x: tf.Tensor5D, fold: number): [tf.Tensor5D, tf.Tensor2D | null] {
  const [batch, time, height, width, channels] = x.shape;
  if (fold === channels) return [x, null];
  const rows = tf.reshape(x, [-1, channels]) as tf.Tensor2D;
  const count = rows.shape[0];
  const first = tf.slice(rows, [0, 0], [count, fold]);
  return [tf.reshape(first, [batch, time, height, width, fold]), tf.slice(rows, [0, fold], [count, channels - fold])];
}

function joinChannels(first: tf.Tensor5D, rest: tf.Tensor2D | null, shape: number[]): tf.Tensor {
  if (rest === null) return first;
  const fold = first.shape[4];
  return tf.reshape(tf.concat([tf.reshape(first, [-1, fold]) as tf.Tensor2D, rest], 1), shape);
}
