import type { Engine } from '@mcore/engines';
import * as tf from '@tensorflow/tfjs-core';

/** An engine that several judges may use. */
export interface EngineLease {
  readonly engine: Engine;
  /** Its backend in tfjs. */
  readonly backend: string;
  /** Disposes the engine, unless another judge uses it or the program ran it before. */
  release(): Promise<void>;
}

const BACKENDS = ['tensorflow', 'webgpu', 'wasm', 'cpu'];

/** How many judges use each backend that a judge started. */
const users = new Map<string, number>();

/** Starts an engine, or shares one that runs already. */
export async function leaseEngine(start: () => Promise<Engine>): Promise<EngineLease> {
  // tf.findBackend would start those that are registered alone
  const running = BACKENDS.filter((name) => name in tf.engine().registry);
  const engine = await start();
  const backend = tf.getBackend();
  if (!users.has(backend) && running.includes(backend)) return { engine, backend, release: async () => {} };
  users.set(backend, (users.get(backend) ?? 0) + 1);
  let released = false;
  return {
    engine,
    backend,
    release: async () => {
      if (released) return;
      released = true;
      const left = users.get(backend)! - 1;
      if (left > 0) return void users.set(backend, left);
      users.delete(backend);
      await engine.dispose();
    },
  };
}
