import { scoreFunctions } from '@mcore/clips';
import { type FeaturePreparation, openFeatures, readFeatures } from '@mcore/features-loader';
import { textTable } from '@mcore/training';
import { writeFileAtomically } from '@mcore/training/node';
import type { AnyScorer, FeatureWeightsInfo } from './feature-weights.js';
import { foldPredictionsCsv, protocolJson } from './fold-results.js';
import { protocolTable } from './protocol-table.js';
import { evaluateTestClips, type ScoredFeatures, scoreSequences } from './use-weights.js';

/** Weights that are open. */
export interface OpenWeights {
  readonly scorer: Pick<AnyScorer, 'predict'>;
  readonly info: FeatureWeightsInfo;
}

/** A result for machines and for people. */
export interface Shown<Json> {
  readonly json: Json;
  readonly text: string;
}

/**
 * Measures weights on the test clips of a list of features.
 *
 * @param weights - From `openFeatureWeights`.
 * @param options - `data`: path of the list; `root`: where its paths start; `csv`: a file for one row a clip.
 * @throws DataError as `openFeatures` and `evaluateTestClips`.
 */
export async function testOnFeatures(
  { scorer, info }: OpenWeights,
  {
    data,
    root,
    csv,
    allowSeenClips,
  }: {
    readonly data: string;
    readonly root?: string | undefined;
    readonly csv?: string | undefined;
    readonly allowSeenClips: boolean;
  },
): Promise<Shown<Record<string, unknown>>> {
  const { scoreOf, method } = info;
  const source = await openFeatures(data, { ...(root !== undefined && { root }), ...preparationOf(info), scoreOf });
  const { evaluation, predictions } = await evaluateTestClips(scorer, info, { source, data, allowSeenClips });
  if (csv !== undefined) {
    await writeFileAtomically(csv, foldPredictionsCsv(source, predictions, scoreFunctions[scoreOf]));
  }
  const about = { source: source.description, protocol: 'split', method, models: 1 };
  return { json: protocolJson(evaluation, about), text: protocolTable(evaluation, about) };
}

/**
 * Scores files of features.
 *
 * @param weights - From `openFeatureWeights`.
 * @param files - Paths; several files of one clip are separated by `;`.
 * @param action - Class of all of them, where it is known.
 * @throws DataError that names the file and what is wrong there.
 */
export async function scoreFeatureFiles(
  { scorer, info }: OpenWeights,
  files: readonly string[],
  action?: string,
): Promise<Shown<ScoredFeatures[]>> {
  const clips = [];
  for (const file of files) clips.push({ file, sequence: await readFeatures(file.split(';'), preparationOf(info)) });
  const json = await scoreSequences(scorer, info, clips, action);
  const severalTargets = info.targets.length > 1 ? info.targets : [];
  const rows = json.map(({ file, score, targets, intervals }) => [
    file,
    score.toFixed(2),
    ...severalTargets.map((name) => targets[name]!.toFixed(2)),
    intervals && severalTargets.length === 0
      ? `[${intervals[info.targets[0]!]!.map((bound) => bound.toFixed(2)).join(', ')}]`
      : '-',
  ]);
  return { json, text: textTable([['', 'score', ...severalTargets, '90 % interval'], ...rows]) };
}

function preparationOf({ preparation }: FeatureWeightsInfo) {
  return preparation as { join: 'exact' | 'resample'; prepare: FeaturePreparation };
}
