import * as tf from '@tensorflow/tfjs-core';
import { groupedBackward as plainGroupedBackward, groupedForward as plainGroupedForward } from '../plain/grouped.js';
import { maskByOutput, sumOverRows } from '../plain/products.js';
import * as plainRecurrence from '../plain/recurrence.js';
import {
  gateConvFilterGradient,
  gateConvForward,
  gateConvInputGradient,
  gateShiftBackward,
  gateShiftForward,
} from './gate-programs.js';
import { groupedFilterGradient, groupedForward, groupedInputGradient } from './grouped-programs.js';
import { LARGEST_HIDDEN, recurrenceBackward, recurrenceForward } from './recurrence-programs.js';

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Kernel = (backend: tf.KernelBackend, inputs: Inputs, attributes: never) => tf.Tensor | tf.Tensor[];

/** The only group width that the shaders support. */
const GROUP_WIDTH = 8;

/** Registers this package's kernels on the webgpu backend. */
export function registerWebgpuKernels(): void {
  if (tf.getKernel('McoreGroupedConv2d', 'webgpu')) {
    return;
  }
  for (const [kernelName, kernel] of Object.entries(KERNELS)) {
    tf.registerKernel({
      kernelName,
      backendName: 'webgpu',
      kernelFunc: ({ inputs, attrs, backend }) =>
        tf.tidy(() => kernel(backend as tf.KernelBackend, inputs as Inputs, (attrs ?? {}) as never)),
    });
  }
}

const KERNELS: Record<string, Kernel> = {
  McoreGroupedConv2d: (
    backend,
    { x, filter, bias },
    { stride, groups, relu }: { stride: number; groups: number; relu: boolean },
  ) => {
    if (x!.shape[3] !== groups * GROUP_WIDTH) {
      const options = { stride, groups, relu };
      return plainGroupedForward(x as tf.Tensor4D, filter as tf.Tensor4D, bias as tf.Tensor1D | undefined, options);
    }
    return groupedForward(backend, x!, filter!, bias, stride, relu);
  },

  McoreGroupedConv2dGradient: (
    backend,
    inputs,
    { stride, groups, withBias }: { stride: number; groups: number; withBias: boolean },
  ) => {
    const { dy, y, x, filter } = inputs as Record<string, tf.Tensor4D>;
    if (x!.shape[3] !== groups * GROUP_WIDTH) {
      return plainGroupedBackward(dy!, y, x!, filter!, { stride, groups, withBias });
    }
    const masked = y ? maskByOutput(dy!, y) : dy!;
    const dx = groupedInputGradient(backend, masked, filter!, stride, x!.shape);
    const dFilter = groupedFilterGradient(backend, x!, masked, stride);
    return withBias ? [dx, dFilter, sumOverRows(masked)] : [dx, dFilter];
  },

  McoreGateConv3d: (backend, { x, filter, bias }) => gateConvForward(backend, x!, filter!, bias!),
  McoreGateConv3dGradient: (backend, { dy, x, filter }) => [
    gateConvInputGradient(backend, dy!, filter!, x!.shape),
    gateConvFilterGradient(backend, x!, dy!),
    sumOverRows(dy!),
  ],

  McoreGateShift: (backend, { x, gate }) => gateShiftForward(backend, x!, gate!),
  McoreGateShiftGradient: (backend, { dy, x, gate }) => gateShiftBackward(backend, dy!, x!, gate!),

  McoreGruRecurrence: (backend, inputs) => {
    const own = inputs as unknown as plainRecurrence.RecurrenceInputs;
    return own.projected0.shape[2] / 3 <= LARGEST_HIDDEN
      ? recurrenceForward(backend, own)
      : plainRecurrence.recurrenceForward(own);
  },
  McoreGruRecurrenceGradient: (backend, inputs) => {
    const own = inputs as unknown as plainRecurrence.RecurrenceGradientInputs;
    return own.dy.shape[2] / 2 <= LARGEST_HIDDEN
      ? recurrenceBackward(backend, own)
      : plainRecurrence.recurrenceBackward(own);
  },

  McoreMatMulTransposedA: (_backend, { a, b }) => tf.matMul(a!, b!, true, false),
  McoreMatMulTransposedB: (_backend, { a, b }) => tf.matMul(a!, b!, false, true),
};
