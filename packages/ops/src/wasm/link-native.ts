import type { KernelFunctions, KernelLink } from './module.js';

/** The kernels for one WebAssembly memory: functions of numbers, where pointers are offsets into the memory, 0 for none. */
export type LinkedKernels = Record<string, (...args: number[]) => number> & {
  /** Sets the memory. Call it before the first kernel and whenever the memory has grown. */
  setMemory(buffer: ArrayBuffer): void;
};

/** The kernels of this package compiled for this processor, as `loadNativeKernels` of @mcore/ops/native returns them. */
export interface NativeKernels {
  /** The newest instructions they use that this processor has: `AVX2` or `AVX-512`. */
  readonly instructions: string;
  /** Functions for one memory. */
  link(): LinkedKernels;
}

const links = new WeakMap<NativeKernels, KernelLink>();

/** One link for the same kernels, so that registering them again changes nothing. */
export function linkNative(native: NativeKernels): KernelLink {
  const link = links.get(native) ?? makeLink(native);
  links.set(native, link);
  return link;
}

/** Links native kernels; their memory is set again whenever it has grown. */
function makeLink(native: NativeKernels): KernelLink {
  return (memory) => {
    const { setMemory, ...functions } = native.link();
    let known: ArrayBufferLike | null = null;
    const linked = Object.entries(functions).map(([name, run]) => [
      name,
      (...args: number[]) => {
        if (memory.buffer !== known) {
          known = memory.buffer;
          setMemory(memory.buffer as ArrayBuffer);
        }
        return run(...args);
      },
    ]);
    return Object.fromEntries(linked) as KernelFunctions;
  };
}
