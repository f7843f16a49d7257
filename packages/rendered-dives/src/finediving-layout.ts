import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ArgumentError, DataError } from '@mcore/errors';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { annotationFiles } from './annotations.js';
import { byCompetition } from './by-competition.js';
import { DiveRenderer, nativeHeight, widthFor } from './dive-renderer.js';
import { clipFolder, type LayoutJob, writeClipFolder } from './layout-clip.js';
import { nodeCanvas } from './node-surface.js';
import { rendererVersion } from './version.js';
import { writeVideo } from './video-file.js';
import type { RenderableClip } from './visible-events.js';

/** Options of {@link writeFineDivingLayout}. */
export interface FineDivingLayoutOptions {
  /** FineDiving's 3,000 labels unless given. */
  readonly clips?: readonly RenderableClip[];
  readonly seed?: number | string;
  /** Height of the frames in pixels; 256 unless given. */
  readonly height?: number;
  /** Quality of the JPEG files, 1 .. 100; 85 unless given. */
  readonly quality?: number;
  /** Threads that draw; 1 draws in this thread. 2 unless given. */
  readonly workers?: number;
  /**
   * Also writes `<competition>/<dive index>.mp4` for each clip, and `videos.csv`, a manifest of them; needs the packages that
   * `writeVideo` names.
   */
  readonly videos?: boolean;
  /** Called after each clip, drawn or found. */
  readonly onProgress?: (progress: LayoutProgress) => void;
  /** Stops after the clip that is being drawn. */
  readonly signal?: AbortSignal;
}

/** How far {@link writeFineDivingLayout} is. */
export interface LayoutProgress {
  readonly done: number;
  readonly total: number;
  readonly id: string;
  /** False where the clip's folder was there from an earlier run. */
  readonly drawn: boolean;
}

/**
 * Writes rendered dives as FineDiving's authors give out theirs: `<competition>/<dive index>/<frame>.jpg` with five digits from 00001, and beside
 * them `train.json`, `val.json` and `test.json` in E2E-Spot's format and `rendered.json`, which says that these are rendered, with
 * which seed, size, quality and version.
 *
 * An interrupted run resumes where it was: each clip's folder appears when it is complete. Frames are those of `RenderedDives`, up to JPEG.
 *
 * @param directory - Made if it is not there.
 * @throws `DataError` if the directory holds dives of another seed, size, quality or version; `ArgumentError` for a quality or number of workers out of
 *   range.
 */
export async function writeFineDivingLayout(directory: string, options: FineDivingLayoutOptions = {}): Promise<void> {
  const { clips = fineDivingLabels, seed = 0, height = nativeHeight, quality = 85, workers = 2 } = options;
  if (!(quality >= 1 && quality <= 100)) {
    throw new ArgumentError(`writeFineDivingLayout: expected a quality of 1 to 100, got ${quality}.`);
  }
  if (!Number.isInteger(workers) || workers < 1) {
    throw new ArgumentError(`writeFineDivingLayout: expected one worker or more, got ${workers}.`);
  }
  const job: LayoutJob = { directory, seed, height, quality };
  mkdirSync(directory, { recursive: true });
  claimDirectory(job);
  for (const [name, records] of Object.entries(annotationFiles(clips, widthFor(height), height))) {
    writeWhole(join(directory, name), `${JSON.stringify(records, null, 1)}\n`);
  }
  let done = 0;
  const report = (id: string, drawn: boolean) => {
    done += 1;
    options.onProgress?.({ done, total: clips.length, id, drawn });
  };
  // clips of one competition share backdrops, so they are drawn together; the largest group first, so that no thread is left with it at the end
  const groups = [...byCompetition<RenderableClip>(clips).values()].sort((a, b) => b.length - a.length);
  if (workers === 1) {
    await drawHere(groups, job, report, options.signal);
  } else {
    await drawInThreads(groups, job, Math.min(workers, groups.length), report, options.signal);
  }
  if (options.videos === true) {
    for (const clip of clips) {
      const path = join(directory, `${clipFolder(clip)}.mp4`);
      options.signal?.throwIfAborted();
      if (!existsSync(path)) {
        await writeVideo(path, clip, { seed, height });
      }
    }
    writeWhole(join(directory, 'videos.csv'), videosCsv(clips));
  }
}

/** The videos as a manifest that `@mcore/manifest-loader` reads. */
function videosCsv(clips: readonly RenderableClip[]): string {
  const rows = clips.map((clip) => {
    const { score, diveNumber, difficulty, transitions, split, competition, frameCount } = clip;
    const path = `${clipFolder(clip).replaceAll('\\', '/')}.mp4`;
    return [path, score, diveNumber, difficulty, transitions.join(' '), split, competition, frameCount].join(',');
  });
  return `${['path,score,class,difficulty,transitions,split,event,frames', ...rows].join('\n')}\n`;
}

type Report = (id: string, drawn: boolean) => void;

async function drawHere(groups: readonly RenderableClip[][], job: LayoutJob, report: Report, signal?: AbortSignal) {
  const renderer = new DiveRenderer({ canvas: nodeCanvas, seed: job.seed, height: job.height });
  for (const clip of groups.flat()) {
    signal?.throwIfAborted();
    report(clip.id, writeClipFolder(renderer, clip, job));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function drawInThreads(
  groups: RenderableClip[][],
  job: LayoutJob,
  count: number,
  report: Report,
  signal?: AbortSignal,
): Promise<void> {
  const script = workerScript();
  // small pieces, so that a stop takes effect soon and the threads end together
  const pieces = groups.flatMap((group) => chunk(group, 12));
  await Promise.all(
    Array.from({ length: count }, async () => {
      const worker = new Worker(script, { workerData: job });
      try {
        await new Promise<void>((resolve, reject) => {
          worker.on('error', reject);
          worker.on('exit', (code) =>
            reject(new DataError(`writeFineDivingLayout: a worker ended with status ${code}.`)),
          );
          worker.on('message', (message: 'idle' | { id: string; drawn: boolean }) => {
            if (message !== 'idle') {
              report(message.id, message.drawn);
              return;
            }
            const next = pieces.shift();
            if (signal?.aborted) {
              reject(signal.reason);
            } else if (next === undefined) {
              resolve();
            } else {
              worker.postMessage(next);
            }
          });
        });
      } finally {
        worker.removeAllListeners('exit');
        await worker.terminate();
      }
    }),
  );
}

const chunk = <T>(values: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, index) => values.slice(index * size, (index + 1) * size));

/** The built worker: beside this module in `dist`, or there from the sources. */
function workerScript(): URL {
  const here = new URL('./worker.js', import.meta.url);
  const built = existsSync(fileURLToPath(here)) ? here : new URL('../dist/worker.js', import.meta.url);
  if (!existsSync(fileURLToPath(built))) {
    throw new DataError(
      'writeFineDivingLayout: expected the built worker dist/worker.js, got none; build the package, or use 1 worker.',
    );
  }
  return built;
}

/** Writes `rendered.json`, or checks that the one there is of the same dives. */
function claimDirectory({ directory, seed, height, quality }: LayoutJob): void {
  const path = join(directory, 'rendered.json');
  const mine = {
    rendered: true,
    note: "Drawn from FineDiving's labels by @mcore/rendered-dives; these are not FineDiving's videos.",
    seed,
    width: widthFor(height),
    height,
    quality,
    version: rendererVersion,
  };
  if (!existsSync(path)) {
    writeWhole(path, `${JSON.stringify(mine, null, 2)}\n`);
    return;
  }
  const found = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const different = (['seed', 'width', 'height', 'quality', 'version'] as const).filter(
    (key) => found[key] !== mine[key],
  );
  if (different.length > 0) {
    const list = different.map((key) => `${key} ${JSON.stringify(mine[key])}, got ${JSON.stringify(found[key])}`);
    throw new DataError(`writeFineDivingLayout: ${path} belongs to other dives: expected ${list.join('; expected ')}.`);
  }
}

/** A file that is there is whole. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.partial`, text);
  renameSync(`${path}.partial`, path);
}
