import type { InputConfig } from '@mcore/model';
import { denseInput } from '../augmentation/wide-clip.js';
import { assertUnseen, type SplitOptions, splitAs, splitOfWeights } from '../clips/seen-clips.js';
import { renderings, type SourceDescriptor } from '../data/source.js';
import { openPreparedClips, type PreparedOptions } from '../node/prepared-clip-files.js';
import type { ResumeMode } from '../run/run-settings.js';
import type { PretrainingRun } from './pretraining-run.js';
import { runPretraining } from './run-pretraining.js';
import type { Rendering } from './windows.js';

/** A source of rendered dives. */
type RenderedSource = SourceDescriptor & { kind: 'rendered' };

/** What {@link pretrain} is asked for. */
export interface PretrainOptions
  extends Omit<PretrainingRun, 'renderings' | 'splits' | 'split'>,
    SplitOptions,
    PreparedOptions {
  source: RenderedSource;
  /** Seeds that training clips are drawn with. */
  renderVariants: number;
  trainClips?: number | undefined;
  validationClips: number;
  /** Validate on clips that made the weights all the same. */
  allowSeenClips: boolean;
  /** What to do with a run that the store has. */
  mode: ResumeMode;
}

/**
 * Teaches a backbone what single frames of rendered dives show: opens and splits the clips, prepares them, and runs.
 *
 * @throws McoreError `ERR_MCORE_SEEN_CLIPS` where validation clips made the weights to start from; what `runPretraining` throws.
 */
export async function pretrain(options: PretrainOptions): ReturnType<typeof runPretraining> {
  const { source, config, initial, trainClips: train, validationClips: validation, onEvent, mode, seed } = options;
  const rendered = await openRenderings(source, config.input, options);
  const [{ prepared }] = rendered;
  try {
    const split = splitOfWeights(initial?.info, prepared.source, options, seed);
    const splits = splitAs(prepared.source.clips, split, { train, validation });
    if (initial && !options.allowSeenClips) {
      assertUnseen('mcore pretrain', initial.info, prepared.source, splits.validation, 'validation');
    }
    onEvent?.({
      ...{ kind: 'split', source: prepared.source.description, description: splits.description },
      ...{ train: splits.train.length, validation: splits.validation.length, test: splits.test.length },
    });
    // whole clips are prepared when they are first needed
    const clips = options.augmentation === 'wide' ? splits.validation : [...splits.train, ...splits.validation];
    await prepared.makeAll(clips, (done, total) => onEvent?.({ kind: 'preparing', done, total }));
    return await runPretraining({ ...options, renderings: rendered, splits, split }, mode);
  } finally {
    await Promise.all(rendered.flatMap(({ prepared: each, dense }) => [each.close(), dense?.close()]));
  }
}

async function openRenderings(
  source: RenderedSource,
  input: InputConfig,
  options: PretrainOptions,
): Promise<[Rendering, ...Rendering[]]> {
  const open = async (each: RenderedSource): Promise<Rendering> => ({
    prepared: await openPreparedClips(each, input, options),
    ...(options.augmentation === 'wide' && { dense: await openPreparedClips(each, denseInput(input), options) }),
    seed: each.seed,
  });
  const [first, ...others] = renderings(source, options.renderVariants);
  return [await open(first), ...(await Promise.all(others.map(open)))];
}
