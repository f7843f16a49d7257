import { loadWasmKernels, type StreamKernels } from '@mcore/backbone-stream';
import { loadNativeKernels } from '@mcore/backbone-stream/node';

/** What the C code was compiled for, where that can run here. */
export const KERNELS: [name: string, load: (threads?: number) => Promise<StreamKernels> | StreamKernels][] = [
  ['WebAssembly', () => loadWasmKernels()],
];
try {
  loadNativeKernels();
  KERNELS.push(['the newest instructions', (threads) => loadNativeKernels(threads ? { threads } : {})]);
  KERNELS.push(['AVX2', (threads = 1) => loadNativeKernels({ threads, instructions: 'AVX2' })]);
} catch {
  // another platform: native-kernels.test.ts checks what it says there
}
