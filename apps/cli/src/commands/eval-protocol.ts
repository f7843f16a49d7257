import {
  crossValidate,
  defaultFeatureTraining,
  evaluateFolds,
  type FeatureMethod,
  type FeatureProtocol,
  type FeatureTrainingSettings,
  foldPredictionsCsv,
  foldsOf,
  groupOf,
  protocolJson,
  scoreFunctions,
} from '@mcore/feature-training';
import { KeptFolds } from '@mcore/feature-training/node';
import type { FeatureDataset } from '@mcore/features-loader';
import { assertWritable, writeFileAtomically } from '@mcore/training/node';
import { type Command, Option } from 'commander';
import { result, say } from '../terminal/output.js';
import { protocolTable } from '../terminal/protocol-table.js';
import { type FeatureOptions, openFeatureData, withFeatures } from './feature-options.js';
import { type EngineOptions, startEngine, wholeNumber } from './options.js';

/** Options of `mcore eval --protocol`. */
export interface ProtocolOptions extends FeatureOptions {
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
  const { csv, results, seed, models, method, folds: count } = options;
  const group = options.group?.toLowerCase().replace(/^group_/, '');
  await assertWritable(csv);
  const source = await openFeatureData('mcore eval', options);
  const folds = foldsOf(source.clips, protocol, {
    folds: count,
    seed,
    ...(group !== undefined && { group }),
  });
  const inner = groupOf(source.clips, protocol, group);
  const innerGroup = inner === undefined ? {} : { group: inner };
  const settings = featureSettings(options);
  sayNotesFor(protocol, source);
  say(`${source.clips.length} clips of ${source.channels} channels, ${folds.length} folds (${protocol}).`);
  const engine = await startEngine({ engine: options.engine, workers: options.workers });
  const kept =
    results === undefined
      ? undefined
      : await KeptFolds.open(results, 'mcore eval', source, { protocol, settings, seed, models, folds, method });
  try {
    let done = kept?.done.size ?? 0;
    if (done > 0) say(`${done} folds are in ${results} already.`);
    const started = performance.now();
    const predictions = await crossValidate({
      source,
      folds,
      settings,
      seed,
      models,
      method,
      ...innerGroup,
      ...(kept && { done: kept.done }),
      onFold: async (name, predicted) => {
        await kept?.keep(name, predicted);
        const seconds = ((performance.now() - started) / 1000).toFixed(0);
        say(`Fold ${++done} of ${folds.length}, ${name}: ${predicted.length} clips tested, ${seconds} s.`);
      },
    });
    const scoreOf = scoreFunctions[options.scoreOf];
    const evaluation = evaluateFolds(source, predictions, { scoreOf });
    if (csv !== undefined) {
      await writeFileAtomically(csv, foldPredictionsCsv(source, predictions, scoreOf));
      say(`One row a clip: ${csv}`);
    }
    const about = { source: source.description, protocol, method, models, steps: settings.steps };
    result(options.json, protocolJson(evaluation, about), () => protocolTable(evaluation, about));
  } finally {
    await kept?.close();
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

/** The settings that options change. */
export function featureSettings({
  steps,
  batch,
  stages,
}: Pick<ProtocolOptions, 'steps' | 'batch' | 'stages'>): FeatureTrainingSettings {
  return {
    ...defaultFeatureTraining,
    ...(steps === undefined ? {} : { steps }),
    ...(batch === undefined ? {} : { batchSize: batch }),
    model: { ...defaultFeatureTraining.model, ...(stages === undefined ? {} : { stages }) },
  };
}
