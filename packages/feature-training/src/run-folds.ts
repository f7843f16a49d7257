import { type FeatureSource, type ScoreOf, scoreFunctions } from '@mcore/clips';
import { writeFileAtomically } from '@mcore/training/node';
import { type CrossValidateOptions, crossValidate, type FeatureProtocol, foldsOf, groupOf } from './cross-validate.js';
import { evaluateFolds } from './evaluate-folds.js';
import type { Shown } from './feature-files.js';
import type { FeatureMethod } from './fit-method.js';
import { foldPredictionsCsv, protocolJson } from './fold-results.js';
import { KeptFolds } from './kept-folds.js';
import { protocolTable } from './protocol-table.js';
import type { FeatureTrainingSettings } from './settings.js';

/** What {@link runFolds} works with. */
export interface RunFoldsOptions {
  readonly source: FeatureSource;
  readonly protocol: FeatureProtocol;
  readonly method: FeatureMethod;
  /** Column whose values are held out. */
  readonly group?: string | undefined;
  /** Of `kfold`. */
  readonly count: number;
  readonly models: number;
  readonly seed: number;
  readonly settings: FeatureTrainingSettings;
  readonly scoreOf: ScoreOf;
  /** Folder that keeps every fold; those that are there are not run again. */
  readonly results?: string | undefined;
  /** File for one row a clip. */
  readonly csv?: string | undefined;
  readonly signal?: AbortSignal;
  /** Called with words about the progress. */
  readonly say: (text: string) => void;
}

/**
 * Trains on every fold's training part and measures on its test part.
 *
 * @param options - See {@link RunFoldsOptions}.
 * @throws What `foldsOf`, `crossValidate` and `KeptFolds.open` throw.
 */
export async function runFolds(options: RunFoldsOptions): Promise<Shown<Record<string, unknown>>> {
  const { source, protocol, method, models, seed, settings, results, csv, say } = options;
  const group = options.group?.toLowerCase().replace(/^group_/, '');
  const folds = foldsOf(source.clips, protocol, { folds: options.count, seed, ...(group !== undefined && { group }) });
  const inner = groupOf(source.clips, protocol, group);
  say(`${source.clips.length} clips of ${source.channels} channels, ${folds.length} folds (${protocol}).`);
  const about = { protocol, settings, seed, models, folds, method };
  const kept = results === undefined ? undefined : await KeptFolds.open(results, 'mcore eval', source, about);
  try {
    let done = kept?.done.size ?? 0;
    if (done > 0) say(`${done} folds are in ${results} already.`);
    const started = performance.now();
    const training: CrossValidateOptions = { source, folds, settings, seed, models, method };
    const predictions = await crossValidate({
      ...training,
      ...(inner !== undefined && { group: inner }),
      ...(options.signal && { signal: options.signal }),
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
    const shown = { source: source.description, protocol, method, models, steps: settings.steps };
    return { json: protocolJson(evaluation, shown), text: protocolTable(evaluation, shown) };
  } finally {
    await kept?.close();
  }
}
