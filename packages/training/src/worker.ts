import { parentPort } from 'node:worker_threads';
import type { ClipSource, Frames } from '@mcore/clips';
import { useEngine } from '@mcore/engines/node';
import { McoreError } from '@mcore/errors';
import { type Checkpoint, type InputConfig, type MCoRe, modelFromCheckpoint } from '@mcore/model';
import { backboneGradient } from './backbone-gradient.js';
import { openSource, type SourceDescriptor } from './data/source.js';
import { FrameReader, type FrameReaderOptions, type WindowBatch } from './frame-reader.js';
import { prepareClip } from './prepare-clip.js';
import { LocalReplica, type PairInput } from './replica.js';
import type { Answer, Call } from './threads/remote-call.js';
import type { OneCoreEngine } from './threads/replicas.js';

/** The thread behind every `RemoteThread`: it prepares clips, or holds a copy of the model. */
let source: { key: string; opened: Promise<ClipSource> } | undefined;
let model: MCoRe | undefined;
/** What learns: on pairs, or on frames. */
let replica: LocalReplica | undefined;
let reader: FrameReader | undefined;

const methods = {
  async prepare(argument: { source: SourceDescriptor; id: string; input: InputConfig }): Promise<Frames> {
    const key = JSON.stringify(argument.source);
    if (source?.key !== key) source = { key, opened: openSource(argument.source) };
    return prepareClip(await source.opened, argument.id, argument.input);
  },
  async load(argument: {
    engine: OneCoreEngine;
    checkpoint: Pick<Checkpoint, 'info' | 'tensors'>;
    reader?: FrameReaderOptions;
  }): Promise<void> {
    await useEngine(argument.engine);
    reader?.dispose();
    model?.dispose();
    model = modelFromCheckpoint(argument.checkpoint);
    reader = argument.reader && new FrameReader(model, argument.reader);
    replica = reader ? undefined : new LocalReplica(model);
  },
  setParameters: (flat: Float32Array) => loaded(reader ?? replica).setParameters(flat),
  gradient: (input: PairInput | WindowBatch) =>
    'windows' in input ? loaded(reader).gradient(input) : loaded(replica).gradient(input),
  describe: (frames: Frames) => loaded(replica).describe(frames),
  read: (frames: Frames) => loaded(reader).read(frames),
  backboneGradient: (frames: Frames) => backboneGradient(loaded(replica).model, frames),
};

function loaded<T>(part: T | undefined): T {
  if (!part) throw new McoreError('ERR_MCORE_WORKER', 'worker thread: expected a model to be loaded first.');
  return part;
}

async function answer({ id, method, argument }: Call): Promise<Answer> {
  try {
    const run = methods[method as keyof typeof methods] as (argument: unknown) => Promise<unknown>;
    return { id, result: await run(argument) };
  } catch (error) {
    const code = error instanceof McoreError ? error.code : 'ERR_MCORE_WORKER';
    return { id, error: { code, message: error instanceof Error ? error.message : String(error) } };
  }
}

/** What an answer hands over instead of having it copied: a gradient, which is as large as the model. */
function buffersOf(answered: Answer): ArrayBuffer[] {
  const { gradient } = ('result' in answered ? (answered.result ?? {}) : {}) as { gradient?: unknown };
  return gradient instanceof Float32Array ? [gradient.buffer as ArrayBuffer] : [];
}

let last: Promise<unknown> = Promise.resolve();
parentPort!.on('message', (call: Call) => {
  // one after another: the parameters a gradient is asked for are the ones set before it
  last = last.then(async () => {
    const answered = await answer(call);
    parentPort!.postMessage(answered, buffersOf(answered));
  });
});
