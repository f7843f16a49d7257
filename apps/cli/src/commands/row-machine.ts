import { join } from 'node:path';
import { presetConfig } from '@mcore/model';
import { openPreparedClips, type RowMachine, replicaFactory } from '@mcore/training/node';
import { fitProgress } from '../terminal/run-progress.js';
import { type DataOptions, type EngineOptions, sourceOf, startEngine } from './options.js';

/** A {@link RowMachine} that shows its progress on the terminal. */
interface OpenedRowMachine extends RowMachine {
  /** What the engine is, with versions and threads. */
  description: string;
  dispose(): Promise<void>;
}

/** Starts the engine and opens the clips as the preset takes them; trainings go into the folder `out`. */
export async function openRowMachine(
  preset: string,
  options: DataOptions & EngineOptions & { out: string },
): Promise<OpenedRowMachine> {
  const { input } = presetConfig(preset);
  const engine = await startEngine(options);
  const prepared = await openPreparedClips(sourceOf(options), input, options);
  return {
    prepared,
    runs: join(options.out, 'trainings'),
    description: engine.description,
    createReplicas: replicaFactory(engine.name, options.workers),
    onEvent: fitProgress(),
    dispose: async () => {
      await prepared.close();
      await engine.dispose();
    },
  };
}
