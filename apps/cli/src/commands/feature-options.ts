import { featureMethods } from '@mcore/feature-training';
import { type Command, InvalidArgumentError, Option } from 'commander';

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

/** `0-65`: the first and the last channel. */
function channelRange(text: string): { from: number; to: number } {
  const [, from, last] = /^(\d{1,6})-(\d{1,6})$/.exec(text) ?? [];
  if (from === undefined || last === undefined || Number(last) < Number(from)) {
    throw new InvalidArgumentError('Expected the first and the last channel, such as 0-65.');
  }
  return { from: Number(from), to: Number(last) + 1 };
}
