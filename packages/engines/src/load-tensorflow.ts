import { EngineError } from '@mcore/errors';
import type { LoadedEngine } from './choose-engine.js';

/** libtensorflow through tfjs-node. */
export async function loadTensorflow(): Promise<LoadedEngine> {
  throw new EngineError("useEngine: 'tensorflow' is not available yet.");
}
