import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ClipSource } from '@mcore/clips';
import { type CheckedProblem, checkClips, formatClipsCheck } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { checkFineDiving, formatFineDivingCheck } from '@mcore/finediving-loader';
import { draftManifest, openManifest } from '@mcore/manifest-loader';
import { Random } from '@mcore/random';
import { executionCeiling, nativeHeight, RenderedDives, segmentationCeiling } from '@mcore/rendered-dives';
import { nodeCanvas, writeFineDivingLayout } from '@mcore/rendered-dives/node';
import { notesOf, type TrainingNeeds, trainingNeeds } from '@mcore/training';
import {
  DEFAULT_RENDER_HEIGHT,
  describeSource,
  lockFolder,
  openSource,
  writeFileAtomically,
} from '@mcore/training/node';
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
  absolutePaths?: boolean;
  decode: 'none' | 'some' | 'all';
  json: boolean;
}

/** `mcore data render`, `mcore data init` and `mcore data check`. */
export function addData(program: Command): void {
  const data = program.command('data').description('Render, list and check data sets.');
  const render = data
    .command('render')
    .description("Render FineDiving's real labels as video frames, in FineDiving's own layout.")
    .requiredOption('--out <dir>', 'folder to write; an interrupted run resumes')
    .option('--clips <n>', 'a seeded random part', wholeNumber(1))
    .addOption(
      new Option('--split <name>', 'part of the official split').choices(['all', 'train', 'test']).default('all'),
    )
    .option('--seed <n>', 'another seed makes another benchmark', wholeNumber(0), 0)
    .option('--height <pixels>', 'height of the frames', wholeNumber(16), nativeHeight)
    .option('--quality <1-100>', 'of the JPEG files', wholeNumber(1), 85)
    .option('--mp4', 'also write a video file of every clip, and videos.csv, a manifest of them', false)
    .option('--workers <n>', 'threads that render', wholeNumber(1), availableParallelism());
  withExamples(
    withJson(render),
    'mcore data render --out rendered --clips 100 --mp4',
    'mcore train --data rendered --preset laptop',
  ).action(runRender);
  const init = data
    .command('init')
    .description('List the videos of a folder in a manifest, whose scores are then to be filled in.')
    .argument('<folder>', 'videos, or folders with one image a frame; names of folders become classes')
    .option('--out <file>', 'manifest to write (default: videos.csv in the folder)');
  withExamples(withJson(init), 'mcore data init videos', 'mcore data check videos/videos.csv').action(runInit);
  const check = data
    .command('check')
    .description('List what is missing or odd in a data set, clip by clip, with counts at the end.')
    .argument(
      '<path>',
      "a folder in FineDiving's layout or of MTL-AQA, AQA-7 or UNLV-Dive, or a manifest of your own videos (.csv, .json)",
    )
    .option('--videos <dir>', "where the paths in a manifest start (default: the manifest's folder)")
    .option('--absolute-paths', 'let the paths in a manifest be absolute or lead out of that folder')
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
      `Next: mcore data check ${mp4 ? join(out, 'videos.csv') : out}`,
    ].join('\n'),
  );
}

async function runInit(folder: string, options: { out?: string; json: boolean }): Promise<void> {
  const { csv, clips, classes } = await draftManifest(folder);
  const manifest = options.out ?? join(folder, 'videos.csv');
  if (existsSync(manifest)) {
    throw new DataError(
      `expected a new file for the manifest, got ${manifest}, which exists. Name another with --out.`,
    );
  }
  await writeFileAtomically(manifest, csv);
  const elsewhere = options.out === undefined ? '' : ` --videos ${folder}`;
  result(options.json, { manifest, clips, classes }, () =>
    [
      `${clips} videos listed in ${manifest}${classes.length > 0 ? `, of the classes ${classes.slice(0, 10).join(', ')}${classes.length > 10 ? ', ...' : ''}` : ''}.`,
      'Fill in the column score. Columns that help where they are known: class, split (train or test), transition_seconds, event.',
      `Next: mcore data check ${manifest}${elsewhere}`,
    ].join('\n'),
  );
}

async function runCheck(path: string, options: CheckOptions): Promise<void> {
  const descriptor = describeSource(path, {
    renderSeed: 0,
    renderHeight: DEFAULT_RENDER_HEIGHT,
    videos: options.videos,
    absolutePaths: options.absolutePaths,
  });
  if (descriptor.kind === 'manifest') {
    const { root, absolutePaths = false } = descriptor;
    const source = await openManifest(path, { unreadable: 'leave-out', absolutePaths, ...(root && { root }) });
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
    const training = trainingNeeds(source);
    result(options.json, { ...check, training }, () =>
      [formatClipsCheck(check), ...trainingLines(training, check.problems.length)].join('\n'),
    );
    if (check.problems.length > 0) process.exitCode = 1;
  } finally {
    progress.stop();
  }
}

/** What would keep training from beginning, and what should be known before. */
function trainingLines({ needs, notes }: TrainingNeeds, problems: number): string[] {
  return [
    ...needs.map((need) => `mcore train needs ${need}`),
    ...notes.map((note) => `note  ${note}`),
    ...(problems > 0 ? ['mcore train stops at such clips; --missing leave-out trains without them'] : []),
    ...(needs.length === 0 && problems === 0 ? ['mcore train can begin'] : []),
  ];
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
  const leave = ['mcore train stops at such clips; --missing leave-out trains without them'];
  result(options.json, check, () =>
    [formatFineDivingCheck(check), ...(check.counts.unusable > 0 ? leave : [])].join('\n'),
  );
  if (check.counts.errors > 0) process.exitCode = 1;
}
