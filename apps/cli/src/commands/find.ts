import { mkdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import type { EngineChoice } from '@mcore/engines';
import { ArgumentError } from '@mcore/errors';
import { type FoundDive, type FoundDives, loadJudge } from '@mcore/judge';
import { writeFileAtomically } from '@mcore/training/node';
import { copyPart } from '@mcore/video/node';
import { type Command, InvalidArgumentError } from 'commander';
import { describeDives, divesCsv, type ManifestRow } from '../terminal/found-dives.js';
import { result, say } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { withEngine, withExamples, withJson } from './options.js';
import { withWeights } from './videos-to-score.js';

interface FindCommandOptions {
  from?: number;
  to?: number;
  csv?: string;
  cut?: string;
  replays: boolean;
  weights: string;
  bank?: string;
  spotter?: string;
  engine: EngineChoice;
  json: boolean;
}

/** `mcore find`. */
export function addFind(program: Command): void {
  const command = program
    .command('find')
    .description('Find the dives in a recording of minutes or hours.')
    .argument('<recording>', 'video file, or a folder with one image a frame')
    .option('--from <seconds>', 'look from here on (default: the beginning)', seconds)
    .option('--to <seconds>', 'look up to here (default: the end)', seconds)
    .option(
      '--csv <file>',
      'write a manifest of the dives: path, start, end, transition_seconds; add scores to train on it',
    )
    .option('--cut <dir>', 'write every dive to a file of its own, without encoding it again')
    .option('--replays', 'write replays to --csv and --cut too; they are always listed', false);
  withWeights(command).option(
    '--spotter <file>',
    'spotter of these weights (default: spotter.safetensors beside them)',
  );
  withExamples(
    withJson(withEngine(command)),
    'mcore find final.mp4 --csv dives.csv',
    'mcore find final.mp4 --from 600 --to 1200 --cut dives',
    'mcore score final.mp4 --from 612.4 --to 616.6 --dive 107B',
  ).action(runFind);
}

async function runFind(recording: string, options: FindCommandOptions): Promise<void> {
  const { weights, bank, spotter, engine } = options;
  const judge = await loadJudge({ weights, engine, ...(bank && { bank }), ...(spotter && { spotter }) });
  const shown: { progress?: ReturnType<typeof startProgress> } = {};
  let found: FoundDives;
  try {
    say(`Engine: ${judge.engine.name}. Weights trained on ${judge.weights.trainedOn}.`);
    found = await judge.find(recording, {
      ...(options.from !== undefined && { start: options.from }),
      ...(options.to !== undefined && { end: options.to }),
      onProgress: (done, of) => {
        shown.progress ??= startProgress('Looking', Math.round(of), 'seconds');
        shown.progress.update(Math.round(done));
      },
    });
  } finally {
    shown.progress?.stop();
    await judge.dispose();
  }
  for (const note of found.notes) say(`${recording}: ${note}`);
  const kept = found.dives.filter(({ replay }) => options.replays || !replay);
  const files = options.cut === undefined ? undefined : await cut(recording, kept, options.cut);
  if (options.csv !== undefined) {
    const rows = files ?? kept.map((dive) => ({ ...dive, path: recording }));
    await writeFileAtomically(options.csv, new TextEncoder().encode(divesCsv(await belowFolderOf(options.csv, rows))));
    say(`Wrote ${rows.length} dives to ${options.csv}.`);
  }
  result(options.json, files ? { ...found, files } : found, () => describeDives(found));
}

/** Writes each dive to a file; times of the rows are those within it. */
async function cut(recording: string, dives: readonly FoundDive[], folder: string): Promise<ManifestRow[]> {
  if ((await stat(recording)).isDirectory()) {
    throw new ArgumentError(
      'mcore find: expected a video file with --cut, got a folder of images. Copy the images that --csv names.',
    );
  }
  await mkdir(folder, { recursive: true });
  const name = basename(recording, extname(recording));
  const rows: ManifestRow[] = [];
  for (const [index, dive] of dives.entries()) {
    const target = join(folder, `${name}-${String(index + 1).padStart(3, '0')}`);
    const { path, leadSeconds } = await copyPart(recording, target, dive);
    const shift = dive.start - leadSeconds;
    const within = (second: number) => Math.max(0, second - shift);
    rows.push({
      ...dive,
      path,
      start: within(dive.start),
      takeOff: within(dive.takeOff),
      entry: within(dive.entry),
      end: within(dive.end),
    });
  }
  say(`Wrote ${rows.length} files to ${folder}.`);
  return rows;
}

/** Paths as a manifest in this place names them. */
async function belowFolderOf(manifest: string, rows: readonly ManifestRow[]): Promise<ManifestRow[]> {
  const folder = join(manifest, '..');
  return rows.map((row) => ({ ...row, path: relative(folder, row.path).split(sep).join('/') }));
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('Expected seconds, 0 or more.');
  }
  return value;
}
