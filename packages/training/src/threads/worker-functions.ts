import type { ClipSource, Frames } from '@mcore/clips';
import { useEngine } from '@mcore/engines/node';
import { McoreError } from '@mcore/errors';
import { type Checkpoint, type EncodedClip, type InputConfig, type MCoRe, modelFromCheckpoint } from '@mcore/model';
import { prepareClip } from '../clips/prepare-clip.js';
import { backboneGradient } from '../compute/backbone-gradient.js';
import { FrameReader, type FrameReaderOptions, type ReadingLosses, type WindowBatch } from '../compute/frame-reader.js';
import { LocalReplica, type PairGradient, type PairInput } from '../compute/replica.js';
import { openSource, type SourceDescriptor } from '../data/source.js';
import type { OneCoreEngine } from './one-core.js';

/** What a worker thread does for the main thread. */
export interface WorkerFunctions {
  /** Samples and resizes a clip. */
  prepare(source: SourceDescriptor, id: string, input: InputConfig): Promise<Frames>;
  /** Starts the engine and loads the model; with `reader`, its backbone learns to read frames, else all of it learns from pairs. */
  load(
    engine: OneCoreEngine,
    checkpoint: Pick<Checkpoint, 'info' | 'tensors'>,
    reader?: FrameReaderOptions,
  ): Promise<void>;
  setParameters(flat: Float32Array): Promise<void>;
  gradient(pair: PairInput): Promise<PairGradient>;
  windowsGradient(batch: WindowBatch): Promise<{ losses: ReadingLosses; gradient: Float32Array }>;
  encode(frames: Frames): Promise<EncodedClip>;
  read(frames: Frames): Promise<Float32Array>;
  backboneGradient(frames: Frames): Promise<Float32Array>;
}

/** {@link WorkerFunctions} of this thread; a call waits for those before it, so that a gradient is that of the parameters set before it. */
export function workerFunctions(): WorkerFunctions {
  let source: { key: string; opened: Promise<ClipSource> } | undefined;
  let model: MCoRe | undefined;
  let replica: LocalReplica | undefined;
  let reader: FrameReader | undefined;
  return inTurn({
    async prepare(descriptor, id, input) {
      const key = JSON.stringify(descriptor);
      if (source?.key !== key) source = { key, opened: openSource(descriptor) };
      return prepareClip(await source.opened, id, input);
    },
    async load(engine, checkpoint, readerOptions) {
      await useEngine(engine);
      reader?.dispose();
      model?.dispose();
      model = modelFromCheckpoint(checkpoint);
      reader = readerOptions && new FrameReader(model, readerOptions);
      replica = reader ? undefined : new LocalReplica(model);
    },
    setParameters: (flat) => loaded(reader ?? replica).setParameters(flat),
    gradient: (pair) => loaded(replica).gradient(pair),
    windowsGradient: (batch) => loaded(reader).gradient(batch),
    encode: (frames) => loaded(replica).encode(frames),
    read: (frames) => loaded(reader).read(frames),
    backboneGradient: (frames) => backboneGradient(loaded(replica).model, frames),
  });
}

function loaded<T>(part: T | undefined): T {
  if (!part) throw new McoreError('ERR_MCORE_WORKER', 'worker thread: expected a model to be loaded first.');
  return part;
}

/** The same functions, called one after another. */
function inTurn(functions: WorkerFunctions): WorkerFunctions {
  let last: Promise<unknown> = Promise.resolve();
  const wrap =
    (run: (...args: unknown[]) => Promise<unknown>) =>
    (...args: unknown[]) => {
      const result = last.then(() => run(...args));
      last = result.catch(() => {});
      return result;
    };
  return Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [name, wrap(run)]),
  ) as unknown as WorkerFunctions;
}
