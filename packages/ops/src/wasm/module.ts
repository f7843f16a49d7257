import { EngineError } from '@mcore/errors';
import { BASELINE, RELAXED } from './binary.js';

/** The C functions; pointers and sizes are numbers, sizes of scratch are in floats. */
export type KernelFunctions = Record<KernelFunction, (...args: number[]) => number>;

/**
 * Links the C functions to a memory.
 *
 * @param allocate - Returns a block of this memory with the given size in bytes; it is never freed.
 */
export type KernelLink = (memory: WebAssembly.Memory, allocate: (bytes: number) => number) => KernelFunctions;

/** The kernels' stack is in the same memory as their data. */
const STACK_BYTES = 65536;

type KernelFunction =
  | 'add_relu'
  | 'bias_relu'
  | 'copy_rows'
  | 'copy_strided'
  | 'dense_conv'
  | 'dense_conv_gradient'
  | 'dense_conv_scratch'
  | 'fold_normalization'
  | 'fold_normalization_gradient'
  | 'gate_conv'
  | 'gate_conv_gradient'
  | 'gate_conv_gradient_scratch'
  | 'gate_conv_scratch'
  | 'gate_shift'
  | 'gate_shift_gradient'
  | 'grouped_conv'
  | 'grouped_conv_gradient'
  | 'grouped_conv_gradient_scratch'
  | 'grouped_conv_scratch'
  | 'gru_direction'
  | 'gru_direction_gradient'
  | 'gru_scratch'
  | 'matmul'
  | 'mean_positions'
  | 'mean_positions_gradient'
  | 'normalize_bytes'
  | 'permute'
  | 'pointwise'
  | 'pointwise_gradient'
  | 'relu_gradient'
  | 'scale_channels'
  | 'scale_channels_gradient'
  | 'subsample'
  | 'subsample_gradient'
  | 'sum_rows'
  | 'transpose';

/** Links the WebAssembly module. */
export function linkModule(module: WebAssembly.Module): KernelLink {
  return (memory, allocate) => {
    const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelFunctions & {
      __stack_pointer: WebAssembly.Global;
    };
    kernels.__stack_pointer.value = allocate(STACK_BYTES) + STACK_BYTES;
    return kernels;
  };
}

/**
 * Compiles the kernels, with fused multiply-add if the engine supports relaxed SIMD and it is allowed.
 *
 * @throws EngineError if the engine has no SIMD at all.
 */
export async function compileKernels(allowRelaxed: boolean): Promise<WebAssembly.Module> {
  const relaxed = decode(RELAXED);
  if (allowRelaxed && WebAssembly.validate(relaxed)) {
    return WebAssembly.compile(relaxed);
  }
  const baseline = decode(BASELINE);
  if (!WebAssembly.validate(baseline)) {
    throw new EngineError('registerOps: expected WebAssembly with 128-bit SIMD, got an engine without it.');
  }
  return WebAssembly.compile(baseline);
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
