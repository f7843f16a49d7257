import { chooseEngine } from './choose-engine.js';
import { nodeCandidates, nodeLoaders } from './load-node.js';
import type { Engine, EngineChoice, UseEngineOptions } from './types.js';

/**
 * Makes an engine current in tfjs for Node: `tensorflow`, `webgpu` (through Dawn), `native`, `wasm` or `cpu`, or with `auto` the
 * fastest of them that loads and passes a numerical self-test.
 *
 * @param choice - An engine's name, or `auto`.
 * @param options - See {@link UseEngineOptions}; nothing is needed.
 * @returns The engine, its self-test and why it was taken.
 * @throws {@link EngineError} if it, or with `auto` every engine, fails; the message says what to do.
 */
export function useEngine(choice: EngineChoice = 'auto', options: UseEngineOptions = {}): Promise<Engine> {
  return chooseEngine(nodeLoaders, choice, options, nodeCandidates());
}
