import * as tf from '@tensorflow/tfjs-core';

/** Version of `@tensorflow/tfjs-backend-wasm` that the embedded binaries belong to; its JavaScript fits no other. */
export const EMBEDDED_WASM_VERSION = '4.22.0';

/** The file names that tfjs's backend requests. */
const FILES = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];

/**
 * Runs an action with addresses of the binary that tfjs's wasm backend will ask for in this browser. It comes as a module of this package, which
 * every bundler and server passes on, whereas files beside a module are lost in development servers that bundle dependencies.
 *
 * @param use - Receives addresses by file name, valid until it resolves.
 */
export async function withEmbeddedWasm<T>(use: (paths: Record<string, string>) => Promise<T>): Promise<T> {
  const bytes = await binaryForHere();
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/wasm' }));
  try {
    return await use(Object.fromEntries(FILES.map((file) => [file, url])));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The binary for this browser; the same choice as in the backend. */
async function binaryForHere(): Promise<Uint8Array> {
  const [simd, threads] = await Promise.all([
    tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'),
    tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'),
  ]);
  if (simd && threads) return (await import('./wasm-threaded.js')).bytes;
  if (simd) return (await import('./wasm-simd.js')).bytes;
  return (await import('./wasm-plain.js')).bytes;
}
