import type { ScoreOf } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { type FeatureDataset, type FeaturePreparation, openFeatures } from '@mcore/features-loader';
import { BlendScorer } from './blend-scorer.js';
import type { Shown } from './feature-files.js';
import { trainFeatures } from './feature-run.js';
import type { FeatureMethod } from './fit-method.js';
import { defaultFeatureTraining, type FeatureTrainingSettings } from './settings.js';

/** A list of features and how it is read; plain data, so that a run can keep it. */
export interface FeatureListOptions {
  /** Path of the list. */
  readonly data: string;
  /** Where its paths start; its own folder unless given. */
  readonly videos?: string;
  readonly stages?: number;
  /** Channels that are angles, the last one not among them. */
  readonly angles?: { readonly from: number; readonly to: number };
  readonly angleForm: 'unwrap' | 'sine-cosine';
  readonly centre: boolean;
  readonly range: boolean;
  readonly join: 'exact' | 'resample';
  readonly scoreOf: ScoreOf;
  /** Column whose clips stay together. */
  readonly group?: string;
}

/** Settings that differ from the defaults. */
export interface ShortSettings {
  readonly steps?: number;
  /** Pairs a step. */
  readonly batch?: number;
  readonly stages?: number;
}

/**
 * Opens the features of a list.
 *
 * @param caller - For the message.
 * @throws {@link ArgumentError} if `data` is no list; what `openFeatures` throws.
 */
export function openFeatureList(caller: string, options: FeatureListOptions): Promise<FeatureDataset> {
  const { data, videos, stages, join, scoreOf, group } = options;
  if (!/\.(csv|tsv|json)$/i.test(data)) {
    throw new ArgumentError(
      `${caller}: expected a manifest of features (.csv, .tsv, .json) as --data, got ${data}. See docs/guides/train-on-features.md.`,
    );
  }
  return openFeatures(data, {
    ...(videos !== undefined && { root: videos }),
    ...(stages !== undefined && { stages }),
    ...(group !== undefined && { groups: [group] }),
    ...{ join, scoreOf, prepare: preparationOf(options) },
  });
}

/** The default settings with what differs. */
export function settingsOf({ steps, batch, stages }: ShortSettings): FeatureTrainingSettings {
  return {
    ...defaultFeatureTraining,
    ...(steps !== undefined && { steps }),
    ...(batch !== undefined && { batchSize: batch }),
    model: { ...defaultFeatureTraining.model, ...(stages !== undefined && { stages }) },
  };
}

/** What {@link trainOnList} works with. */
export interface TrainOnListOptions extends FeatureListOptions, ShortSettings {
  readonly method: FeatureMethod;
  readonly seed: number;
  readonly out: string;
  readonly resume: boolean;
}

/**
 * Trains a method on the training clips of a list, in a folder.
 *
 * @param options - See {@link TrainOnListOptions}; the folder keeps them.
 * @param hooks - `signal` ends the training between two steps; `say` is called with words about the progress.
 * @throws What `openFeatureList` and `trainFeatures` throw.
 */
export async function trainOnList(
  options: TrainOnListOptions,
  { signal, say }: { signal: AbortSignal; say: (text: string) => void },
): Promise<Shown<Record<string, unknown>>> {
  const { method, seed, scoreOf, group, join, data, out, resume, ...rest } = options;
  const source = await openFeatureList('mcore train', options);
  for (const note of source.notes) say(`Note: ${note}.`);
  const train = source.clips.filter(({ split }) => split === 'train');
  const tested = source.clips.length - train.length;
  say(`${train.length} clips of ${source.channels} channels to train on; ${tested} test clips are left alone.`);
  const settings = settingsOf(options);
  const started = performance.now();
  let shown = started;
  const { scorer, weights, bank } = await trainFeatures({
    ...{ source, train, method, seed, settings, out, resume, signal },
    ...(group !== undefined && { group: group.toLowerCase().replace(/^group_/, '') }),
    about: { scoreOf, preparation: { join, prepare: preparationOf(options) } },
    options: { method, seed, scoreOf, group, join, data, ...rest },
    onNetwork: (network, count) => say(`Network ${network + 1} of ${count}.`),
    onStep: ({ step, total }) => {
      if (performance.now() - shown < 5000) return;
      shown = performance.now();
      say(`Step ${step} of ${settings.steps}, loss ${total.toFixed(3)}.`);
    },
  });
  const inner = scorer instanceof BlendScorer ? scorer.parts.innerSrcc : undefined;
  scorer.dispose();
  const seconds = Math.round((performance.now() - started) / 1000);
  const innerSrcc = inner && Object.fromEntries(source.targets.map((name, target) => [name, inner[target]!]));
  const lines = [
    `Trained ${method} on ${train.length} clips in ${seconds} s.`,
    ...Object.entries(innerSrcc ?? {}).map(
      ([name, value]) => `SRCC of ${name} on inner folds of the training clips: ${value.toFixed(3)}.`,
    ),
    `Weights: ${weights}`,
    ...(bank ? [`Exemplar bank: ${bank}`] : []),
    `Next: mcore eval --weights ${weights} --data ${data}`,
  ];
  return { json: { method, clips: train.length, weights, bank, innerSrcc, seconds }, text: lines.join('\n') };
}

function preparationOf({ angles, angleForm, centre, range }: FeatureListOptions): FeaturePreparation {
  return { ...(angles && { angles: { ...angles, form: angleForm } }), centre, range };
}
