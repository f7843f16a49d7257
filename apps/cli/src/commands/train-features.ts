import { savedOptions, type TrainOnListOptions, trainOnList } from '@mcore/feature-training/node';
import { listsFeatures } from '@mcore/features-loader';
import type { Command } from 'commander';
import { result, say } from '../terminal/output.js';
import { stoppable } from '../terminal/stop-signal.js';
import { type EngineOptions, startEngine } from './options.js';

/** Options of `mcore train` on features. */
export interface TrainFeaturesCommand extends TrainOnListOptions, EngineOptions {
  json: boolean;
}

/** What a run on features takes; everything else of `mcore train` is for frames. */
const taken = [
  ...['data', 'videos', 'stages', 'angles', 'angleForm', 'centre', 'range', 'join', 'scoreOf', 'group', 'method'],
  ...['out', 'seed', 'steps', 'batch', 'engine', 'workers', 'resume', 'json'],
];
/** What does not change the weights, so that a resumed run may differ in it. */
const free = ['out', 'resume', 'json', 'engine', 'workers'];

/**
 * The options of a run on features: where the data is a list of arrays, or the run to resume is one.
 *
 * @returns undefined for a run on frames.
 */
export async function featureRunOptions(
  options: Partial<TrainFeaturesCommand> & { out: string; resume: boolean },
  command: Command,
): Promise<TrainFeaturesCommand | undefined> {
  const saved = options.resume ? await savedOptions(options.out) : undefined;
  if (saved === undefined && !(options.data !== undefined && (await listsFeatures(options.data)))) return undefined;
  const given = command.options.map((option) => option.attributeName());
  const unknown = given.find((name) => !taken.includes(name) && command.getOptionValueSource(name) === 'cli');
  if (unknown !== undefined) {
    const flag = command.options.find((option) => option.attributeName() === unknown)!.long;
    command.error(`error: expected no ${flag} with features, which train without it`, { exitCode: 2 });
  }
  const own = Object.fromEntries(taken.map((name) => [name, options[name as keyof typeof options]]));
  const kept = Object.entries((saved ?? {}) as object).filter(
    ([name]) => !free.includes(name) && command.getOptionValueSource(name) !== 'cli',
  );
  return { ...own, ...Object.fromEntries(kept) } as unknown as TrainFeaturesCommand;
}

/** `mcore train` on features. */
export function runFeatureTraining(options: TrainFeaturesCommand): Promise<void> {
  const { engine: name, workers, json, ...training } = options;
  return stoppable(
    async (signal) => {
      const engine = await startEngine({ engine: name, workers });
      try {
        const shown = await trainOnList(training, { signal, say });
        result(json, shown.json, () => shown.text);
      } finally {
        await engine.dispose();
      }
    },
    () => `Go on with: mcore train --out ${options.out} --resume`,
  );
}
