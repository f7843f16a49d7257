import { availableParallelism } from 'node:os';
import type { ClipSource } from '@mcore/clips';
import { type CheckedProblem, checkClips, formatClipsCheck } from '@mcore/clips';
import { checkFineDiving, formatFineDivingCheck } from '@mcore/finediving-loader';
import { openManifest } from '@mcore/manifest-loader';
import { Random } from '@mcore/random';
import { executionCeiling, nativeHeight, RenderedDives, segmentationCeiling } from '@mcore/rendered-dives';
import { nodeCanvas, writeFineDivingLayout } from '@mcore/rendered-dives/node';
import { notesOf } from '@mcore/training';
import { DEFAULT_RENDER_HEIGHT, describeSource, lockFolder, openSource } from '@mcore/training/node';
import { type Command, Option } from 'commander';
import { result } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { wholeNumber, withExamples, withJson } from './options.js';

interface RenderOptions {
  out: string;
  clips?: number;
  split: 'all' | 'train' | 'test';
  seed: number;
  height: number;
  quality: number;
  mp4: boolean;
  workers: number;
  json: boolean;
}

interface CheckOptions {
  videos?: string;
  decode: 'none' | 'some' | 'all';
  json: boolean;
}

/** `mcore data render` and `mcore data check`. */
export function addData(program: Command): void {
  const data = program.command('data').description('Make and check data sets.');
  const render = data
    .command('render')
    .description("Draw FineDiving's real labels as video frames, in FineDiving's own layout.")
    .requiredOption('--out <dir>', 'folder to write; a run that was cut off goes on')
    .option('--clips <n>', 'a seeded random part', wholeNumber(1))
    .addOption(
      new Option('--split <name>', 'part of the official split').choices(['all', 'train', 'test']).default('all'),
    )
    .option('--seed <n>', 'another seed is another benchmark', wholeNumber(0), 0)
    .option('--height <pixels>', 'height of the frames', wholeNumber(16), nativeHeight)
    .option('--quality <1-100>', 'of the JPEG files', wholeNumber(1), 85)
    .option('--mp4', 'also write a video file of every clip', false)
    .option('--workers <n>', 'threads that draw', wholeNumber(1), availableParallelism());
  withExamples(
    withJson(render),
    'mcore data render --out rendered --clips 100 --mp4',
    'mcore train --data rendered --preset laptop',
  ).action(runRender);
  const check = data
    .command('check')
    .description('List what is missing or odd in a data set, clip by clip, with counts at the end.')
    .argument(
      '<path>',
      "a folder in FineDiving's layout or of MTL-AQA, AQA-7 or UNLV-Dive, or a manifest of your own videos (.csv, .json)",
    )
    .option('--videos <dir>', "where the paths in a manifest start (default: the manifest's folder)")
    .addOption(
      new Option('--decode <how>', 'images to decode of every clip').choices(['none', 'some', 'all']).default('some'),
    );
  withExamples(withJson(check), 'mcore data check FineDiving', 'mcore data check videos.csv').action(runCheck);
}

async function runRender(options: RenderOptions): Promise<void> {
  const { out, seed, height, quality, workers, mp4 } = options;
  const dives = new RenderedDives({ canvas: nodeCanvas, seed, height });
  const all = dives.clips.filter(({ split }) => options.split === 'all' || split === options.split);
  const clips = options.clips === undefined ? all : Random.for(seed, 'clips').sample(all, options.clips);
  const lock = await lockFolder(out, 'mcore data render');
  const progress = startProgress('Rendering', clips.length, 'clips');
  try {
    await writeFineDivingLayout(out, {
      clips,
      seed,
      height,
      quality,
      workers,
      videos: mp4,
      onProgress: ({ done }) => progress.update(done),
    });
  } finally {
    progress.stop();
    await lock.release();
  }
  const score = executionCeiling({ clips: dives.clips, seed });
  const segmentation = segmentationCeiling({ clips: dives.clips, seed });
  result(options.json, { out, clips: clips.length, seed, height, ceilings: { score, segmentation } }, () =>
    [
      `${clips.length} rendered dives in ${out}. These are drawings from FineDiving's real labels, not film of real dives.`,
      `Ceilings over the ${score.clips} test clips: SRCC ${score.spearman.toFixed(3)} for one who sees every cue exactly;`,
      `AIoU@0.5 ${(100 * segmentation.aiou50).toFixed(1)}, @0.75 ${(100 * segmentation.aiou75).toFixed(1)} for one who sees every event exactly.`,
      `Next: mcore data check ${out}`,
    ].join('\n'),
  );
}

async function runCheck(path: string, options: CheckOptions): Promise<void> {
  const descriptor = describeSource(path, {
    renderSeed: 0,
    renderHeight: DEFAULT_RENDER_HEIGHT,
    videos: options.videos,
  });
  if (descriptor.kind === 'manifest') {
    const { root } = descriptor;
    const source = await openManifest(path, { unreadable: 'leave-out', ...(root === undefined ? {} : { root }) });
    const left = source.problems.map(({ clip, place, problem }) => ({ clip, problem: `${place}: ${problem}` }));
    return reportCheck(source, left, options);
  }
  if (['mtl-aqa', 'aqa-7', 'unlv-dive'].includes(descriptor.kind))
    return reportCheck(await openSource(descriptor), [], options);
  return checkLayout(path, options);
}

async function reportCheck(source: ClipSource, left: readonly CheckedProblem[], options: CheckOptions): Promise<void> {
  const progress = startProgress('Checking', source.clips.length, 'clips');
  try {
    const check = await checkClips(source, {
      decode: options.decode,
      left,
      notes: notesOf(source),
      onClip: (done) => progress.update(done),
    });
    progress.stop();
    result(options.json, check, () => formatClipsCheck(check));
    if (check.problems.length > 0) process.exitCode = 1;
  } finally {
    progress.stop();
  }
}

async function checkLayout(directory: string, options: CheckOptions): Promise<void> {
  let progress: ReturnType<typeof startProgress> | undefined;
  const check = await checkFineDiving(directory, {
    decode: options.decode,
    onClip: (done, total) => {
      progress ??= startProgress('Checking', total, 'clips');
      progress.update(done);
    },
  });
  progress?.stop();
  result(options.json, check, () => formatFineDivingCheck(check));
  if (check.counts.errors > 0) process.exitCode = 1;
}
