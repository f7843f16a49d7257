/**
 * WebGPU for test suites in Node, on any Linux x64 machine, with no graphics card and nothing installed on the system:
 * Dawn (npm `webgpu`) on SwiftShader (out of npm `@sparticuz/chromium`).
 *
 * ```ts
 * import { because } from '@mcore/testing/skips';
 * import { prepareWebgpu, useTestWebgpu } from '@mcore/testing/webgpu';
 *
 * const unavailable = await prepareWebgpu(); // why not, or null
 *
 * describe.skipIf(unavailable !== null)(`on webgpu${because(unavailable)}`, () => {
 *   beforeAll(useTestWebgpu); // webgpu is now the current backend, '@tensorflow/tfjs' is loaded
 *   it('...', ...);
 * });
 * ```
 *
 * - Read values with `await tensor.data()`, never `dataSync()`: in Node it throws `OffscreenCanvas is not defined` on this
 *   backend.
 * - Everything runs on the adapter: tfjs's shortcut that computes small tensors on the cpu backend is off.
 * - An error in a shader (WGSL that doesn't compile, a wrong binding) fails the test run instead of giving zeros.
 * - SwiftShader runs at about 0.2 GFLOPS and compiles each new kernel for 5 to 50 ms: use small tensors, never time it.
 * - `MCORE_TEST_WEBGPU=hardware` takes the machine's own adapter instead, as platforms other than Linux x64 always do.
 */
import { useSwiftShader } from './swiftshader.js';

let prepared: Promise<string | null> | undefined;

/**
 * Gives this process a `navigator.gpu` on SwiftShader. Has to come before anything imports
 * `@tensorflow/tfjs-backend-webgpu`, which registers its backend only where WebGPU exists.
 *
 * @returns `null` if there is an adapter, else the reason why there isn't, for the name of the skipped suite.
 */
export function prepareWebgpu(): Promise<string | null> {
  prepared ??= prepare().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  return prepared;
}

async function prepare(): Promise<string | null> {
  const software =
    process.platform === 'linux' && process.arch === 'x64' && process.env.MCORE_TEST_WEBGPU !== 'hardware';
  if (software) useSwiftShader();
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu: GPU = create([]);
  // Node 20 has no navigator, later ones have one without gpu
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  }
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  return adapter === null ? 'WebGPU finds no adapter' : null;
}

/**
 * Makes webgpu the current tfjs backend, with the gradients of `@tensorflow/tfjs`, computing everything on the adapter.
 *
 * @throws `Error` if {@link prepareWebgpu} returned a reason, or the backend doesn't start.
 */
export async function useTestWebgpu(): Promise<void> {
  const reason = await prepareWebgpu();
  if (reason !== null) throw new Error(`useTestWebgpu: ${reason}.`);
  await import('@tensorflow/tfjs');
  await import('@tensorflow/tfjs-backend-webgpu');
  const tf = await import('@tensorflow/tfjs-core');
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  if (!(await tf.setBackend('webgpu'))) throw new Error('useTestWebgpu: the webgpu backend did not start.');
  failOnDeviceErrors(tf.backend() as unknown as { device: GPUDevice });
}

const watched = new WeakSet<GPUDevice>();

/** WebGPU reports errors later and continues with zeros: an uncaught exception fails the run. */
function failOnDeviceErrors({ device }: { device: GPUDevice }): void {
  if (watched.has(device)) return;
  watched.add(device);
  device.addEventListener('uncapturederror', ({ error }) => {
    setImmediate(() => {
      throw new Error(`WebGPU: ${error.message}`);
    });
  });
}
