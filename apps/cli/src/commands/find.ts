import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import type { EngineChoice } from '@mcore/engines';
import { type DiveOfFile, divesManifest, diveWithin, type FoundDive, loadJudge } from '@mcore/judge';
import { writeFileAtomically } from '@mcore/training/node';
import { copyPart } from '@mcore/video/node';
import type { Command } from 'commander';
import { describeDives } from '../terminal/found-dives.js';
import { result, say } from '../terminal/output.js';
import { type Progress, startProgress } from '../terminal/progress.js';
import { withEngine, withExamples, withJson, withPart } from './options.js';
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
    .option('--csv <file>', 'write a manifest of the dives: path, start, end, transition_seconds')
    .option('--cut <dir>', 'write every dive to a file of its own, without encoding it again')
    .option('--replays', 'write replays to --csv and --cut too; they are always listed', false);
  withWeights(withPart(command)).option(
    '--spotter <file>',
    'spotter of these weights (default: spotter.safetensors beside them)',
  );
  withExamples(
    withJson(withEngine(command)),
    'mcore find final.mp4 --csv dives.csv',
    'mcore find final.mp4 --from 600 --to 1200 --cut dives',
  ).action(runFind);
}

async function runFind(recording: string, options: FindCommandOptions): Promise<void> {
  const { weights, bank, spotter, engine, from, to, csv } = options;
  const judge = await loadJudge({ weights, engine, ...(bank && { bank }), ...(spotter && { spotter }) });
  let progress: Progress | undefined;
  const onProgress = (done: number, of: number) => {
    progress ??= startProgress('Looking', Math.round(of), 'seconds');
    progress.update(Math.round(done));
  };
  try {
    say(`Engine: ${judge.engine.name}. Weights trained on ${judge.weights.trainedOn}.`);
    const part = { ...(from !== undefined && { start: from }), ...(to !== undefined && { end: to }) };
    const found = await judge.find(recording, { ...part, onProgress });
    for (const note of found.notes) say(`${recording}: ${note}`);
    const kept = found.dives.filter(({ replay }) => options.replays || !replay);
    const files = options.cut === undefined ? undefined : await cut(recording, kept, options.cut);
    if (csv !== undefined) {
      const rows = files ?? kept.map((dive) => ({ ...dive, path: recording }));
      const named = rows.map((row) => ({ ...row, path: relative(dirname(csv), row.path).replaceAll(sep, '/') }));
      await writeFileAtomically(csv, new TextEncoder().encode(divesManifest(named)));
    }
    result(options.json, files ? { ...found, files } : found, () => describeDives(found));
  } finally {
    progress?.stop();
    await judge.dispose();
  }
}

/** Writes each dive to a file of its own. */
async function cut(recording: string, dives: readonly FoundDive[], folder: string): Promise<DiveOfFile[]> {
  await mkdir(folder, { recursive: true });
  const files: DiveOfFile[] = [];
  for (const [index, dive] of dives.entries()) {
    const name = `${basename(recording, extname(recording))}-${String(index + 1).padStart(3, '0')}`;
    const { path, leadSeconds } = await copyPart(recording, join(folder, name), dive);
    files.push({ ...diveWithin(dive, dive.start - leadSeconds), path });
  }
  return files;
}
