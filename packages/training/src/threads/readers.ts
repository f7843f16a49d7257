import type { EngineName } from '@mcore/engines';
import { type Checkpoint, modelFromCheckpoint } from '@mcore/model';
import { FrameReader, type FrameReaderOptions } from '../compute/frame-reader.js';
import type { Reader } from '../compute/reader.js';
import { usesOneCore } from './one-core.js';
import { loadThreads } from './replicas.js';
import type { WorkerThread } from './worker-thread.js';

/** A {@link Reader} on a worker thread. */
function remoteReader({ remote, close }: WorkerThread): Reader {
  return {
    setParameters: (flat) => remote.setParameters(flat),
    gradient: (batch) => remote.windowsGradient(batch),
    read: (frames) => remote.read(frames),
    dispose: close,
  };
}

/** Copies to teach: on worker threads where the engine uses one core, one in this thread where it spreads its work itself. */
export async function createReaders(
  checkpoint: Pick<Checkpoint, 'info' | 'tensors'>,
  { engine, workers, ...options }: FrameReaderOptions & { engine: EngineName; workers: number },
): Promise<Reader[]> {
  if (usesOneCore(engine) && workers > 0) {
    const threads = await loadThreads(checkpoint, { engine, workers }, options);
    return threads.map(remoteReader);
  }
  const model = modelFromCheckpoint(checkpoint);
  const reader = new FrameReader(model, options);
  return [
    {
      setParameters: (flat) => reader.setParameters(flat),
      gradient: (batch) => reader.gradient(batch),
      read: (frames) => reader.read(frames),
      dispose: async () => {
        reader.dispose();
        model.dispose();
      },
    },
  ];
}
