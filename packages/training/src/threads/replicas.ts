import type { EngineName } from '@mcore/engines';
import { ArgumentError } from '@mcore/errors';
import { type Checkpoint, type MCoRe, modelFromCheckpoint } from '@mcore/model';
import type { FrameReaderOptions } from '../compute/frame-reader.js';
import { OwningReplica, type Replica, type ReplicaFactory, type ReplicaOptions } from '../compute/replica.js';
import { OnnxModel } from '../onnx/onnx-model.js';
import { type OneCoreEngine, usesOneCore } from './one-core.js';
import { startThread, type WorkerThread } from './worker-thread.js';

/** What can encode and score clips: an engine of tfjs, or ONNX Runtime, which can't train. */
export type ScoringEngine = EngineName | 'onnx';

/** A {@link Replica} on a worker thread. */
function remoteReplica({ remote, close }: WorkerThread): Replica {
  return {
    setParameters: (flat) => remote.setParameters(flat),
    gradient: (pair) => remote.gradient(pair),
    encode: (frames) => remote.encode(frames),
    dispose: close,
  };
}

/**
 * Copies of a model to compute with: worker threads where the engine uses one core (native, wasm, cpu), one copy in this thread
 * with 0 workers and where the engine spreads its work itself (tensorflow, webgpu; onnx, which uses as many threads as there would be workers).
 */
export async function createReplicas(
  checkpoint: Pick<Checkpoint, 'info' | 'tensors'>,
  options: { engine: ScoringEngine; workers: number } & ReplicaOptions,
): Promise<Replica[]> {
  if (options.engine === 'onnx') return [await OnnxModel.create(checkpoint, options.workers)];
  if (!usesOneCore(options.engine) || options.workers === 0) {
    const model: MCoRe = modelFromCheckpoint(checkpoint);
    return [new OwningReplica(model, options)];
  }
  if (options.loss) {
    throw new ArgumentError(
      `fit: expected 0 workers with a loss function, which can't be sent to other threads, got ${options.workers}.`,
    );
  }
  const { engine, workers } = options;
  return (await loadThreads(checkpoint, { engine, workers })).map(remoteReplica);
}

/**
 * Worker threads that hold a copy of the model each.
 *
 * @param reader - Given if its backbone is to be taught to read frames.
 */
export async function loadThreads(
  checkpoint: Pick<Checkpoint, 'info' | 'tensors'>,
  { engine, workers }: { engine: OneCoreEngine; workers: number },
  reader?: FrameReaderOptions,
): Promise<WorkerThread[]> {
  const threads = Array.from({ length: workers }, startThread);
  try {
    await Promise.all(threads.map((thread) => thread.remote.load(engine, checkpoint, reader)));
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.close()));
    throw error;
  }
  return threads;
}

/** {@link createReplicas} on an engine, as training and evaluation take it. */
export function replicaFactory(engine: ScoringEngine, workers: number): ReplicaFactory {
  return (checkpoint, options) => createReplicas(checkpoint, { engine, workers, ...options });
}
