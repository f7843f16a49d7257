import type * as tf from '@tensorflow/tfjs-core';
import { gateConvBackward, gateConvForward } from '../plain/gate.js';
import type { WasmKernel } from './kernel.js';

/** Kernels of gate shifts, by name. */
export const GATE_KERNELS: Record<string, WasmKernel> = {
  McoreGateConv3d: (heap, { x, filter, bias }) => {
    const [clips, time, height, width, channels] = x!.shape as [number, number, number, number, number];
    if (channels % 4 !== 0) {
      return gateConvForward(x as tf.Tensor5D, filter as tf.Tensor5D, bias as tf.Tensor1D);
    }
    const gate = heap.output([clips, time, height, width, 2]);
    heap.scratch(heap.kernels.gate_conv_scratch(height, width, channels), (scratch) =>
      heap.kernels.gate_conv(
        heap.pointer(x),
        0,
        0,
        heap.pointer(filter),
        heap.pointer(bias),
        heap.pointer(gate),
        scratch,
        clips,
        time,
        height,
        width,
        channels,
        channels,
        0,
      ),
    );
    return gate;
  },

  McoreGateConv3dGradient: (heap, { dy, x, filter }) => {
    const [clips, time, height, width, channels] = x!.shape as [number, number, number, number, number];
    if (channels % 4 !== 0) {
      return gateConvBackward(dy as tf.Tensor5D, x as tf.Tensor5D, filter as tf.Tensor5D);
    }
    const dx = heap.output(x!.shape);
    const dFilter = heap.output(filter!.shape);
    const dBias = heap.output([2]);
    heap.scratch(heap.kernels.gate_conv_gradient_scratch(time, height, width, channels), (scratch) =>
      heap.kernels.gate_conv_gradient(
        heap.pointer(dy),
        0,
        heap.pointer(x),
        0,
        0,
        heap.pointer(filter),
        heap.pointer(dx),
        0,
        0,
        heap.pointer(dFilter),
        heap.pointer(dBias),
        scratch,
        clips,
        time,
        height,
        width,
        channels,
        channels,
        0,
      ),
    );
    return [dx, dFilter, dBias];
  },

  McoreGateShift: (heap, { x, gate }) => {
    const [clips, time, height, width, channels] = x!.shape as [number, number, number, number, number];
    const y = heap.output(x!.shape);
    heap.kernels.gate_shift(
      heap.pointer(x),
      heap.pointer(gate),
      heap.pointer(y),
      clips,
      time,
      height * width,
      channels,
      channels,
    );
    return y;
  },

  McoreGateShiftGradient: (heap, { dy, x, gate }) => {
    const [clips, time, height, width, channels] = x!.shape as [number, number, number, number, number];
    const dx = heap.output(x!.shape);
    const dGate = heap.output(gate!.shape);
    heap.kernels.gate_shift_gradient(
      heap.pointer(dy),
      heap.pointer(x),
      heap.pointer(gate),
      heap.pointer(dx),
      heap.pointer(dGate),
      clips,
      time,
      height * width,
      channels,
      channels,
    );
    return [dx, dGate];
  },

  McoreGateShiftModule: (heap, { x, scale, offset, filter, bias }) => {
    const [clips, time, height, width, pixel] = x!.shape as [number, number, number, number, number];
    const channels = scale!.shape[0]!;
    const gate = heap.output([clips, time, height, width, 2]);
    const y = heap.output(x!.shape);
    heap.scratch(heap.kernels.gate_conv_scratch(height, width, channels), (scratch) =>
      heap.kernels.gate_conv(
        heap.pointer(x),
        heap.pointer(scale),
        heap.pointer(offset),
        heap.pointer(filter),
        heap.pointer(bias),
        heap.pointer(gate),
        scratch,
        clips,
        time,
        height,
        width,
        pixel,
        channels,
        1,
      ),
    );
    heap.kernels.gate_shift(
      heap.pointer(x),
      heap.pointer(gate),
      heap.pointer(y),
      clips,
      time,
      height * width,
      pixel,
      channels,
    );
    return [y, gate];
  },

  McoreGateShiftModuleGradient: (heap, { dy, x, gate, scale, offset, filter }) => {
    const [clips, time, height, width, pixel] = x!.shape as [number, number, number, number, number];
    const channels = scale!.shape[0]!;
    const positions = height * width;
    const dx = heap.output(x!.shape);
    const dScale = heap.output([channels]);
    const dOffset = heap.output([channels]);
    const dFilter = heap.output(filter!.shape);
    const dBias = heap.output([2]);
    const gates = clips * time * positions * 2;
    heap.scratch(gates + heap.kernels.gate_conv_gradient_scratch(time, height, width, channels), (scratch) => {
      heap.kernels.gate_shift_gradient(
        heap.pointer(dy),
        heap.pointer(x),
        heap.pointer(gate),
        heap.pointer(dx),
        scratch,
        clips,
        time,
        positions,
        pixel,
        channels,
      );
      heap.kernels.gate_conv_gradient(
        scratch,
        heap.pointer(gate),
        heap.pointer(x),
        heap.pointer(scale),
        heap.pointer(offset),
        heap.pointer(filter),
        heap.pointer(dx),
        heap.pointer(dScale),
        heap.pointer(dOffset),
        heap.pointer(dFilter),
        heap.pointer(dBias),
        scratch + 4 * gates,
        clips,
        time,
        height,
        width,
        pixel,
        channels,
        1,
      );
    });
    return [dx, dScale, dOffset, dFilter, dBias];
  },
};
