import { chooseEngine } from './choose-engine.js';
import { browserLoaders } from './load-browser.js';
import type { Engine, EngineChoice, UseEngineOptions } from './types.js';

/**
 * Makes an engine current in tfjs for a browser: `webgpu`, `wasm` or `cpu`, or with `auto` the fastest of them that
 * loads and passes a numerical self-test. In Node use the function of the same name in `@mcore/engines/node`.
 *
 * Backends and the gradients of `@tensorflow/tfjs` are imported on demand, and the kernels of `@mcore/ops` registered.
 *
 * @param choice - An engine's name, or `auto`.
 * @param options - See {@link UseEngineOptions}; nothing is needed.
 * @returns The engine, its self-test and why it was taken.
 * @throws {@link EngineError} if it, or with `auto` every engine, fails; the message says what to do.
 */
export function useEngine(choice: EngineChoice = 'auto', options: UseEngineOptions = {}): Promise<Engine> {
  return chooseEngine(browserLoaders, choice, options, ['webgpu', 'wasm', 'cpu']);
}
