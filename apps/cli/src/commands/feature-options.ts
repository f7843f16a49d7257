import { ArgumentError } from '@mcore/errors';
import { featureMethods } from '@mcore/feature-training';
import { type FeatureDataset, type FeaturePreparation, openFeatures, type ScoreOf } from '@mcore/features-loader';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** Options of commands that read features instead of frames. */
export interface FeatureOptions {
  data: string;
  videos?: string;
  stages?: number;
  angles?: { from: number; to: number };
  angleForm: 'unwrap' | 'sine-cosine';
  centre: boolean;
  range: boolean;
  join: 'exact' | 'resample';
  scoreOf: ScoreOf;
  group?: string;
}

/** Adds what belongs to a manifest of features. */
export function withFeatures(command: Command): Command {
  return command
    .addOption(
      new Option('--method <name>', 'features: what is trained, MCoRe or a method that it is compared with')
        .choices(featureMethods)
        .default('mcore'),
    )
    .option('--group <column>', 'features: column whose clips stay together in folds')
    .option('--angles <from-to>', 'features: channels that are angles in degrees, such as 0-65', channelRange)
    .addOption(
      new Option('--angle-form <form>', 'features: how angles are written')
        .choices(['unwrap', 'sine-cosine'])
        .default('unwrap'),
    )
    .option('--centre', 'features: take the mean of each clip from each of its channels', false)
    .option('--range', "features: add each channel's range and deviation over the clip as channels", false)
    .addOption(
      new Option('--join <how>', 'features: several files of a clip that have other numbers of steps')
        .choices(['exact', 'resample'])
        .default('exact'),
    )
    .addOption(
      new Option('--score-of <how>', 'features: how a score is made of several targets')
        .choices(['sum', 'product', 'mean'])
        .default('sum'),
    );
}

/**
 * Opens the features that the options name.
 *
 * @throws ArgumentError if `--data` is no manifest; what `openFeatures` throws.
 */
export async function openFeatureData(command: string, options: FeatureOptions): Promise<FeatureDataset> {
  const { data, videos, stages, join, scoreOf, group } = options;
  if (!/\.(csv|tsv|json)$/i.test(data)) {
    throw new ArgumentError(
      `${command}: expected a manifest of features (.csv, .tsv, .json) as --data, got ${data}. See docs/guides/train-on-features.md.`,
    );
  }
  const source = await openFeatures(data, {
    ...(videos === undefined ? {} : { root: videos }),
    ...(stages === undefined ? {} : { stages }),
    ...(group === undefined ? {} : { groups: [group] }),
    join,
    scoreOf,
    prepare: preparationOf(options),
  });
  return source;
}

/** How the options prepare features. */
export function preparationOf({
  angles,
  angleForm,
  centre,
  range,
}: Pick<FeatureOptions, 'angles' | 'angleForm' | 'centre' | 'range'>): FeaturePreparation {
  return { ...(angles && { angles: { ...angles, form: angleForm } }), centre, range };
}

/** `0-65`: the first and the last channel. */
function channelRange(text: string): { from: number; to: number } {
  const [, from, last] = /^(\d{1,6})-(\d{1,6})$/.exec(text) ?? [];
  if (from === undefined || last === undefined || Number(last) < Number(from)) {
    throw new InvalidArgumentError('Expected the first and the last channel, such as 0-65.');
  }
  return { from: Number(from), to: Number(last) + 1 };
}
