import type { EngineName } from '@mcore/engines';

/** An engine of which every worker thread has one. */
export type OneCoreEngine = Extract<EngineName, 'native' | 'wasm' | 'cpu'>;

/** Whether an engine computes on a single core, so that more of them need worker threads. */
export function usesOneCore(engine: EngineName): engine is OneCoreEngine {
  return engine === 'native' || engine === 'wasm' || engine === 'cpu';
}
