import { join } from 'node:path';
import type { EngineName } from '@mcore/engines';
import { presetConfig } from '@mcore/model';
import { type DataOptions, type EngineOptions, sourceOf, startEngine } from '../commands/options.js';
import { PreparedClips } from '../data/prepared-clips.js';

/** Where and on what rows are run. */
export interface RowMachine {
  prepared: PreparedClips;
  /** Folder with a folder for every training. */
  runs: string;
  engine: EngineName;
  /** What the engine is, with versions and threads. */
  description: string;
  workers: number;
  dispose(): Promise<void>;
}

/** Starts the engine and opens the clips as the preset takes them; trainings go into the folder `out`. */
export async function openRowMachine(
  preset: string,
  options: DataOptions & EngineOptions & { out: string },
): Promise<RowMachine> {
  const { input } = presetConfig(preset);
  const engine = await startEngine(options);
  const prepared = await PreparedClips.open(sourceOf(options), input, options);
  return {
    prepared,
    runs: join(options.out, 'trainings'),
    engine: engine.name,
    description: engine.description,
    workers: options.workers,
    dispose: async () => {
      await prepared.close();
      await engine.dispose();
    },
  };
}
