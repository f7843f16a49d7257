import type { KernelFunctions, KernelLink } from './module.js';

/**
 * The kernels of this package compiled for a processor, as `loadNativeKernels` of @mcore/native-kernels gives them: functions of
 * numbers, where pointers are offsets into the memory that was set.
 */
export interface NativeKernels {
  /** Functions for one memory, by name, and `setMemory`. */
  link(): Record<string, (...args: number[]) => number> & { setMemory(buffer: ArrayBuffer): void };
}

const links = new WeakMap<NativeKernels, KernelLink>();

/** One link for the same kernels, so that registering them again changes nothing. */
export function linkNative(native: NativeKernels): KernelLink {
  const link = links.get(native) ?? makeLink(native);
  links.set(native, link);
  return link;
}

/** Links native kernels; they are told anew where the memory is whenever it has grown. */
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
