import { BlendScorer, defaultFeatureTraining, type FeatureMethod } from '@mcore/feature-training';
import { savedOptions, trainFeatures } from '@mcore/feature-training/node';
import { listsFeatures } from '@mcore/features-loader';
import type { Command } from 'commander';
import { result, say } from '../terminal/output.js';
import { stoppable } from '../terminal/stop-signal.js';
import { featureSettings } from './eval-protocol.js';
import { type FeatureOptions, openFeatureData, preparationOf } from './feature-options.js';
import { type EngineOptions, startEngine } from './options.js';

/** Options of `mcore train` on features. */
export interface TrainFeaturesCommand extends FeatureOptions {
  method: FeatureMethod;
  out: string;
  seed: number;
  steps?: number;
  batch?: number;
  engine: EngineOptions['engine'];
  workers: number;
  resume: boolean;
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
export async function runFeatureTraining(options: TrainFeaturesCommand): Promise<void> {
  const { method, out, resume, seed, scoreOf, group, join, json } = options;
  const source = await openFeatureData('mcore train', options);
  for (const note of source.notes) say(`Note: ${note}.`);
  const train = source.clips.filter(({ split }) => split === 'train');
  const tested = source.clips.length - train.length;
  say(`${train.length} clips of ${source.channels} channels to train on; ${tested} test clips are left alone.`);
  const again = () => `Go on with: mcore train --out ${out} --resume`;
  await stoppable(async (signal) => {
    const engine = await startEngine(options);
    try {
      const settings = featureSettings(options);
      const started = performance.now();
      let shown = started;
      const trained = await trainFeatures({
        ...{ source, train, method, seed, settings, out, resume },
        ...(group !== undefined && { group: group.toLowerCase().replace(/^group_/, '') }),
        about: { scoreOf, preparation: { join, prepare: preparationOf(options) } },
        options: Object.fromEntries(Object.entries(options).filter(([name]) => !free.includes(name))),
        signal,
        onNetwork: (network, count) => say(`Network ${network + 1} of ${count}.`),
        onStep: ({ step, total }) => {
          if (performance.now() - shown < 5000) return;
          shown = performance.now();
          say(`Step ${step} of ${settings.steps ?? defaultFeatureTraining.steps}, loss ${total.toFixed(3)}.`);
        },
      });
      const inner = trained.scorer instanceof BlendScorer ? trained.scorer.parts.innerSrcc : undefined;
      trained.scorer.dispose();
      const { weights, bank } = trained;
      const seconds = Math.round((performance.now() - started) / 1000);
      const srcc = inner && Object.fromEntries(source.targets.map((name, target) => [name, inner[target]]));
      result(json, { method, clips: train.length, weights, bank, innerSrcc: srcc, seconds }, () =>
        [
          `Trained ${method} on ${train.length} clips in ${seconds} s.`,
          ...(srcc
            ? Object.entries(srcc).map(
                ([name, value]) => `SRCC of ${name} on inner folds of the training clips: ${value!.toFixed(3)}.`,
              )
            : []),
          `Weights: ${weights}`,
          ...(bank ? [`Exemplar bank: ${bank}`] : []),
          `Next: mcore eval --weights ${weights} --data ${options.data}`,
        ].join('\n'),
      );
    } finally {
      await engine.dispose();
    }
  }, again);
}
