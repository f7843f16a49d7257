import type { WasmKernel } from './kernel.js';

/** Kernels of the gated recurrent unit, by name. */
export const RECURRENCE_KERNELS: Record<string, WasmKernel> = {
  McoreGruRecurrence: (heap, inputs) => {
    const [batch, time, three] = inputs.projected0!.shape as [number, number, number];
    const hidden = three / 3;
    const states = heap.output([batch, time, 2 * hidden]);
    const gates = heap.output([2, batch, time, 4 * hidden]);
    heap.scratch(heap.kernels.gru_scratch(batch, hidden), (scratch) => {
      for (const direction of [0, 1]) {
        heap.kernels.gru_direction(
          heap.pointer(inputs[`projected${direction}`]),
          heap.pointer(inputs[`hiddenWeight${direction}`]),
          heap.pointer(inputs[`hiddenBias${direction}`]),
          heap.pointer(states) + 4 * direction * hidden,
          heap.pointer(gates) + 4 * direction * batch * time * 4 * hidden,
          scratch,
          batch,
          time,
          hidden,
          direction,
        );
      }
    });
    return [states, gates];
  },

  McoreGruRecurrenceGradient: (heap, inputs) => {
    const { dy, states, gates } = inputs;
    const [batch, time, both] = dy!.shape as [number, number, number];
    const hidden = both / 2;
    const dInput = heap.output([2, batch, time, 3 * hidden]);
    const dHidden = heap.output([2, batch, time, 3 * hidden]);
    heap.scratch(heap.kernels.gru_scratch(batch, hidden), (scratch) => {
      for (const direction of [0, 1]) {
        const from = 4 * direction * batch * time * hidden; // bytes of one number per step and unit
        heap.kernels.gru_direction_gradient(
          heap.pointer(dy) + 4 * direction * hidden,
          heap.pointer(states) + 4 * direction * hidden,
          heap.pointer(gates) + 4 * from,
          heap.pointer(inputs[`hiddenWeight${direction}`]),
          heap.pointer(dInput) + 3 * from,
          heap.pointer(dHidden) + 3 * from,
          scratch,
          batch,
          time,
          hidden,
          direction,
        );
      }
    });
    return [dInput, dHidden];
  },
};
