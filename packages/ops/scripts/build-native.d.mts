export { findCompiler } from './build-wasm.mjs';
/** Where the committed addon lies. */
export const PREBUILT: string;
/** All kernels as one C file with a table of them. */
export function kernelSource(variant: string): string;
/** Compiles the addon. */
export function compileAddon(command: string): Buffer;
