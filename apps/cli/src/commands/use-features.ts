import { readFile } from 'node:fs/promises';
import { ArgumentError } from '@mcore/errors';
import { areFeatureWeights } from '@mcore/feature-training';
import {
  type OpenWeights,
  openFeatureWeights,
  type Shown,
  scoreFeatureFiles,
  testOnFeatures,
} from '@mcore/feature-training/node';
import { assertWritable } from '@mcore/training/node';
import { result, say } from '../terminal/output.js';
import { type ScoringOptions, startEngine } from './options.js';

interface WeightsOptions extends ScoringOptions {
  bank?: string;
  json: boolean;
}

/** Whether a file holds weights that were trained on features; false for a file that can't be read. */
export async function isFeatureWeights(path: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes !== undefined && areFeatureWeights(bytes);
}

/** `mcore eval --weights` of weights that were trained on features. */
export async function evalFeatures(
  weights: string,
  options: WeightsOptions & { data?: string; videos?: string; allowSeenClips: boolean; csv?: string },
): Promise<void> {
  const { data, videos, csv, allowSeenClips } = options;
  if (data === undefined) throw new ArgumentError('mcore eval: expected --data, the list of features to test on.');
  await assertWritable(csv);
  await withFeatureWeights(weights, options, (open) =>
    testOnFeatures(open, { data, root: videos, csv, allowSeenClips }),
  );
  if (csv !== undefined) say(`One row a clip: ${csv}`);
}

/** `mcore score` of files of features. */
export function scoreFeatures(
  files: readonly string[],
  weights: string,
  options: WeightsOptions & { class?: string; dive?: string },
): Promise<void> {
  return withFeatureWeights(weights, options, (open) => scoreFeatureFiles(open, files, options.dive ?? options.class));
}

async function withFeatureWeights(
  weights: string,
  { engine: name, workers, bank, json }: WeightsOptions,
  use: (open: OpenWeights) => Promise<Shown<unknown>>,
): Promise<void> {
  if (name === 'onnx') throw new ArgumentError('mcore: expected an engine of tfjs for features, got onnx.');
  const engine = await startEngine({ engine: name, workers });
  try {
    const { scorer, info } = await openFeatureWeights(weights, bank);
    try {
      say(`Weights of ${info.method}, trained on ${info.trainedClips.length} of ${info.trainedOn}.`);
      const shown = await use({ scorer, info });
      result(json, shown.json, () => shown.text);
    } finally {
      scorer.dispose();
    }
  } finally {
    await engine.dispose();
  }
}
