import { defaultFeatureTraining, type FeatureMethod, type FeatureProtocol } from '@mcore/feature-training';
import { type FeatureListOptions, openFeatureList, runFolds, settingsOf } from '@mcore/feature-training/node';
import type { FeatureDataset } from '@mcore/features-loader';
import { assertWritable } from '@mcore/training/node';
import { type Command, Option } from 'commander';
import { result, say } from '../terminal/output.js';
import { withFeatures } from './feature-options.js';
import { type EngineOptions, startEngine, wholeNumber } from './options.js';

/** Options of `mcore eval --protocol`. */
export interface ProtocolOptions extends FeatureListOptions {
  protocol?: FeatureProtocol;
  method: FeatureMethod;
  engine: EngineOptions['engine'];
  workers: number;
  folds: number;
  models: number;
  seed: number;
  steps?: number;
  batch?: number;
  csv?: string;
  results?: string;
  json: boolean;
}

/** Adds the options of `mcore eval --protocol`. */
export function withProtocol(command: Command): Command {
  return withFeatures(
    command
      .addOption(
        new Option(
          '--protocol <name>',
          'train and test on features, instead of --weights: leave one person (losocv), trial (loto) or clip (loocv) out, k folds, or the split of --data',
        ).choices(['losocv', 'loto', 'loocv', 'kfold', 'split']),
      )
      .option('--folds <n>', 'with --protocol kfold', wholeNumber(2), 5)
      .option('--models <n>', 'with --protocol: models a fold, whose predictions are averaged', wholeNumber(1), 1)
      .option('--seed <n>', 'with --protocol: of weights, pairs, augmentation and k folds', wholeNumber(0), 0)
      .option(
        '--steps <n>',
        `with --protocol: training steps (default: ${defaultFeatureTraining.steps})`,
        wholeNumber(1),
      )
      .option(
        '--batch <pairs>',
        `with --protocol: pairs a step (default: ${defaultFeatureTraining.batchSize})`,
        wholeNumber(1),
      ),
  );
}

/** `mcore eval --protocol`: trains on every fold's training part and measures on its test part. */
export async function runProtocol(protocol: FeatureProtocol, options: ProtocolOptions): Promise<void> {
  await assertWritable(options.csv);
  const source = await openFeatureList('mcore eval', options);
  sayNotesFor(protocol, source);
  const { engine: name, workers, folds: count } = options;
  const engine = await startEngine({ engine: name, workers });
  try {
    const run = { ...options, source, protocol, count, settings: settingsOf(options), say };
    const { json, text } = await runFolds(run);
    result(options.json, json, () => text);
  } finally {
    await engine.dispose();
  }
}

/** What stands in for missing labels: folds take the place of a split, and without transitions whole clips are compared. */
function sayNotesFor(protocol: FeatureProtocol, { notes, transitionsFrom }: FeatureDataset): void {
  for (const note of notes) {
    const replaced = note.startsWith('no transitions') || (note.startsWith('no split') && protocol !== 'split');
    if (!replaced) say(`Note: ${note}.`);
  }
  if (transitionsFrom === 'equal parts') say('Note: no transitions: whole clips are compared.');
}
