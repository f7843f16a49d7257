import { readFile } from 'node:fs/promises';
import { METHODS } from '@mcore/aqa-heads';
import { ArgumentError } from '@mcore/errors';
import {
  areFeatureWeights,
  evaluateTestClips,
  type FeatureWeightsInfo,
  foldPredictionsCsv,
  protocolJson,
  scoreFunctions,
  scoreSequences,
} from '@mcore/feature-training';
import { openFeatureWeights } from '@mcore/feature-training/node';
import { type FeaturePreparation, openFeatures, readFeatures } from '@mcore/features-loader';
import { textTable } from '@mcore/training';
import { assertWritable, writeFileAtomically } from '@mcore/training/node';
import { result, say } from '../terminal/output.js';
import { protocolTable } from '../terminal/protocol-table.js';
import { type ScoringOptions, startEngine } from './options.js';

/** Whether a file holds weights that were trained on features; a file that can't be read holds none. */
export async function isFeatureWeights(path: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes !== undefined && areFeatureWeights(bytes);
}

/** `mcore eval --weights` of weights that were trained on features. */
export async function evalFeatures(
  weights: string,
  options: ScoringOptions & {
    data?: string;
    videos?: string;
    part: string;
    allowSeenClips: boolean;
    csv?: string;
    json: boolean;
  },
): Promise<void> {
  const { data, videos, csv, json, allowSeenClips } = options;
  if (data === undefined) throw new ArgumentError('mcore eval: expected --data, the list of features to test on.');
  await assertWritable(csv);
  const { scorer, info } = await openWeights(weights, options);
  try {
    const { join, prepare } = preparationOf(info);
    const source = await openFeatures(data, {
      ...(videos !== undefined && { root: videos }),
      ...{ join, prepare, scoreOf: info.scoreOf },
    });
    const { evaluation, predictions } = await evaluateTestClips(scorer, info, { source, data, allowSeenClips });
    const scoreOf = scoreFunctions[info.scoreOf];
    if (csv !== undefined) {
      await writeFileAtomically(csv, foldPredictionsCsv(source, predictions, scoreOf));
      say(`One row a clip: ${csv}`);
    }
    const about = { source: source.description, protocol: 'split', method: info.method, models: 1 };
    result(json, protocolJson(evaluation, about), () => protocolTable(evaluation, about));
  } finally {
    await scorer.dispose();
  }
}

/** `mcore score` of files of features. */
export async function scoreFeatures(
  files: readonly string[],
  weights: string,
  options: ScoringOptions & { bank?: string; class?: string; dive?: string; json: boolean },
): Promise<void> {
  const { scorer, info } = await openWeights(weights, options);
  try {
    const { join, prepare } = preparationOf(info);
    const scores = await scoreSequences(
      scorer,
      info,
      await Promise.all(
        files.map(async (file) => ({ file, sequence: await readFeatures(file.split(';'), { join, prepare }) })),
      ),
      options.dive ?? options.class,
    );
    const [only, ...more] = info.targets;
    const severalTargets = more.length > 0 ? info.targets : [];
    result(options.json, scores, () =>
      textTable([
        ['', 'score', ...severalTargets, '90 % interval'],
        ...scores.map(({ file, score, targets, intervals }) => [
          file,
          score.toFixed(2),
          ...severalTargets.map((name) => targets[name]!.toFixed(2)),
          intervals && more.length === 0 ? `[${intervals[only!]!.map((bound) => bound.toFixed(2)).join(', ')}]` : '-',
        ]),
      ]),
    );
  } finally {
    await scorer.dispose();
  }
}

async function openWeights(weights: string, options: ScoringOptions & { bank?: string }) {
  if (options.engine === 'onnx') throw new ArgumentError('mcore: expected an engine of tfjs for features, got onnx.');
  const engine = await startEngine({ engine: options.engine, workers: options.workers });
  try {
    const { scorer, info } = await openFeatureWeights(weights, options.bank);
    const what = METHODS.some((name) => name === info.method) ? `${info.method} on features` : info.method;
    say(`Weights of ${what}, trained on ${info.trainedClips.length} of ${info.trainedOn}.`);
    return {
      info,
      scorer: {
        predict: scorer.predict.bind(scorer) as typeof scorer.predict,
        dispose: async () => {
          scorer.dispose();
          await engine.dispose();
        },
      },
    };
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

function preparationOf({ preparation }: FeatureWeightsInfo) {
  return preparation as { join: 'exact' | 'resample'; prepare: FeaturePreparation };
}
