import type { Frames } from '@mcore/clips';
import type { EngineName } from '@mcore/engines';
import { type Checkpoint, type ClipDescription, type MCoRe, modelFromCheckpoint } from '@mcore/model';
import type { FrameReaderOptions } from '../frame-reader.js';
import { OnnxModel } from '../onnx/onnx-model.js';
import { LocalReplica, type LossValues, type PairInput, type Replica } from '../replica.js';
import type { Input, Learner, Losses } from '../trainer.js';
import { RemoteThread } from './remote-call.js';
import { WORKER_SCRIPT } from './worker-script.js';

/** What can describe and score clips: an engine of tfjs, or ONNX Runtime, which can't train. */
export type ScoringEngine = EngineName | 'onnx';

/** An engine of which every worker thread has one. */
export type OneCoreEngine = Extract<EngineName, 'native' | 'wasm' | 'cpu'>;

/** What learns on a worker thread. */
export class RemoteLearner<I extends Input, L extends Losses> implements Learner<I, L> {
  protected readonly thread: RemoteThread;

  constructor(thread: RemoteThread) {
    this.thread = thread;
  }

  setParameters(flat: Float32Array): Promise<void> {
    return this.thread.call('setParameters', flat);
  }

  gradient(input: I): Promise<{ losses: L; gradient: Float32Array }> {
    return this.thread.call('gradient', input);
  }

  dispose(): Promise<void> {
    return this.thread.close();
  }
}

/** A {@link Replica} on a worker thread. */
class RemoteReplica extends RemoteLearner<PairInput, LossValues> implements Replica {
  describe(frames: Frames): Promise<ClipDescription> {
    return this.thread.call('describe', frames);
  }
}

/** A {@link Replica} in this thread that owns its model. */
class OwningReplica extends LocalReplica {
  override async dispose(): Promise<void> {
    await super.dispose();
    this.model.dispose();
  }
}

/**
 * Copies of a model to compute with: worker threads where the engine uses one core (native, wasm, cpu), one copy in this thread
 * where the engine spreads its work itself (tensorflow, webgpu; onnx, which uses as many threads as there would be workers).
 */
export async function createReplicas(
  checkpoint: Pick<Checkpoint, 'info' | 'tensors'>,
  options: { engine: ScoringEngine; workers: number },
): Promise<Replica[]> {
  if (options.engine === 'onnx') return [await OnnxModel.create(checkpoint, options.workers)];
  if (!usesOneCore(options.engine)) {
    const model: MCoRe = modelFromCheckpoint(checkpoint);
    return [new OwningReplica(model)];
  }
  const { engine, workers } = options;
  return (await loadThreads(checkpoint, { engine, workers })).map((thread) => new RemoteReplica(thread));
}

/** Whether an engine computes on a single core, so that more of them need worker threads. */
export function usesOneCore(engine: EngineName): engine is OneCoreEngine {
  return engine === 'native' || engine === 'wasm' || engine === 'cpu';
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
): Promise<RemoteThread[]> {
  const threads = Array.from({ length: workers }, () => new RemoteThread(WORKER_SCRIPT));
  try {
    await Promise.all(threads.map((thread) => thread.call('load', { engine, checkpoint, reader })));
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.close()));
    throw error;
  }
  return threads;
}
