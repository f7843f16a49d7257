import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { drawTestClips, equalParts, type FeatureClip, type FeatureSequence } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import { tableLimits } from '@mcore/table';
import { readTableFile } from '@mcore/table/node';
import { ArrayFiles } from './array-files.js';
import { joinChannels, sequenceOf } from './decode-features.js';
import { FeatureDataset, type FeatureProblem } from './feature-dataset.js';
import {
  type FeatureEntry,
  type ParsedFeatureManifest,
  type ParseFeatureManifestOptions,
  parseFeatureManifest,
} from './parse-feature-manifest.js';
import { type FeaturePreparation, prepareFeatures } from './prepare-features.js';

/** How features are opened. */
export interface OpenFeaturesOptions extends ParseFeatureManifestOptions {
  /** Folder that the paths in the manifest start from; the manifest's own unless given. */
  readonly root?: string;
  /** Stages that clips are cut into where the manifest has no transitions; 3 unless given. */
  readonly stages?: number;
  /** Of the draw of test clips where the manifest has no split; 0 unless given. */
  readonly seed?: number | string;
  /**
   * What becomes of several files of a clip that have other numbers of steps: `'exact'` refuses them, unless given; `'resample'`
   * resamples all to the length of the first.
   */
  readonly join?: 'exact' | 'resample';
  /**
   * What to do with clips that can't be read: `'refuse'` them all with one error that names the first, unless given, or `'leave-out'`
   * and name them in `problems`.
   */
  readonly unreadable?: 'refuse' | 'leave-out';
  /** What is done to the features of every clip; nothing unless given. */
  readonly prepare?: FeaturePreparation;
  /** Bytes of features that are kept in memory; the rest is read again when it is asked for. 1 GiB unless given. */
  readonly memoryBytes?: number;
  /** Called after each clip with the number done. */
  readonly onClip?: (done: number, total: number) => void;
}

/** Clips opened at once: reading waits for the disk, checking doesn't. */
const CONCURRENCY = 4;

interface Opened {
  readonly entry: FeatureEntry;
  readonly steps: number;
  readonly channels: number;
  readonly kept?: FeatureSequence;
  /** What its features depend on. */
  readonly identity: readonly unknown[];
}

/**
 * Opens features made elsewhere: a CSV or JSON list of files of arrays with scores; see {@link parseFeatureManifest} for its columns.
 * Every array is read and checked once: its rank, its length, finite numbers, and the same channels for all clips.
 *
 * - Without a split, test clips are drawn by the seed: whole groups with a quarter of the clips where there are groups, else a quarter
 *   of every class.
 * - Without transitions, every clip is cut into `stages` parts of the same length (`transitionsFrom` says so).
 * - Without classes, all clips are of the class `any`: every clip may be compared with every other.
 *
 * @param path - Ends in `.csv`, `.tsv` or `.json`.
 * @throws DataError that names the manifest, the line in it and the file; ArgumentError if an option is out of range.
 */
export async function openFeatures(path: string, options: OpenFeaturesOptions = {}): Promise<FeatureDataset> {
  const { root = dirname(path), stages = 3, join: joining = 'exact', memoryBytes = 2 ** 30 } = options;
  assertWhole('stages', stages, 2, tableLimits.listLength + 1);
  assertWhole('memoryBytes', memoryBytes, 0, Number.MAX_SAFE_INTEGER);
  const { text, format } = await readTableFile(path, 'openFeatures');
  const parsed = parseFeatureManifest(text, format, options);
  const reader = new SequenceReader(root, joining === 'resample', options.prepare);
  const { opened, problems } = await openAll(path, parsed, reader, { memoryBytes, onClip: options.onClip });
  const strange = otherChannels(path, opened);
  const bad = [...problems, ...strange];
  const left = new Set(bad.map(({ clip }) => clip));
  const good = opened.filter(({ entry }) => !left.has(entry.id));
  if (bad[0] && (options.unreadable !== 'leave-out' || good.length === 0)) {
    const others = bad.length > 1 ? ` (and ${bad.length - 1} more clips)` : '';
    throw new DataError(`openFeatures: ${bad[0].problem}${others}.`);
  }
  return datasetOf(path, parsed, good, { ...options, stages, problems: bad, reader });
}

/**
 * Reads the features of one clip that no manifest lists.
 *
 * @param paths - Of its files, joined along channels; `file.npz#name` names an array.
 * @param options - As for {@link openFeatures}: what was done to the features that weights were trained on.
 * @throws DataError that names the file and what is wrong there.
 */
export async function readFeatures(
  paths: readonly string[],
  { join: joining = 'exact', prepare = {} }: Pick<OpenFeaturesOptions, 'join' | 'prepare'> = {},
): Promise<FeatureSequence> {
  try {
    return await new SequenceReader('.', joining === 'resample', prepare).read(paths);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`readFeatures: ${paths.join('; ')}: ${plain(error.message)}.`, { cause: error });
  }
}

/** Reads the files of a clip and joins them. */
export class SequenceReader {
  readonly #files = new ArrayFiles();

  constructor(
    readonly root: string,
    readonly resample: boolean,
    readonly preparation: FeaturePreparation = {},
  ) {}

  async read(paths: readonly string[]): Promise<FeatureSequence> {
    const parts: FeatureSequence[] = [];
    for (const each of paths) {
      const [file = '', name] = each.split('#', 2);
      parts.push(sequenceOf(await this.#files.get(isAbsolute(file) ? file : join(this.root, file)), name));
    }
    return prepareFeatures(joinChannels(parts, this.resample), this.preparation);
  }

  /** Size and time of change of the files of a clip. */
  async facts(paths: readonly string[]): Promise<unknown[]> {
    return Promise.all(
      paths.map(async (each) => {
        const { size, mtimeMs } = await stat(join(this.root, each.split('#', 1)[0]!));
        return [each, size, mtimeMs];
      }),
    );
  }
}

async function openAll(
  path: string,
  { entries }: ParsedFeatureManifest,
  reader: SequenceReader,
  { memoryBytes, onClip }: { memoryBytes: number; onClip: OpenFeaturesOptions['onClip'] },
): Promise<{ opened: Opened[]; problems: FeatureProblem[] }> {
  const results: (Opened | FeatureProblem)[] = new Array(entries.length);
  let [next, done, room] = [0, 0, memoryBytes];
  const work = async () => {
    for (let at = next++; at < entries.length; at = next++) {
      const entry = entries[at]!;
      try {
        const sequence = await reader.read(entry.paths);
        assertTransitions(entry, sequence.steps);
        const keeps = sequence.data.byteLength <= room;
        if (keeps) room -= sequence.data.byteLength;
        results[at] = {
          entry,
          steps: sequence.steps,
          channels: sequence.channels,
          // a view would keep the whole file it lies in
          ...(keeps && { kept: { ...sequence, data: ownMemory(sequence.data) } }),
          identity: [entry.id, await reader.facts(entry.paths)],
        };
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        results[at] = problemOf(path, entry, plain(error.message));
      }
      onClip?.(++done, entries.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, entries.length) }, work));
  return {
    opened: results.filter((each): each is Opened => 'entry' in each),
    problems: results.filter((each): each is FeatureProblem => 'problem' in each),
  };
}

/** Clips whose channels differ from those of most. */
function otherChannels(path: string, opened: readonly Opened[]): FeatureProblem[] {
  const counts = new Map<number, number>();
  for (const { channels } of opened) counts.set(channels, (counts.get(channels) ?? 0) + 1);
  const usual = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
  const first = opened.find(({ channels }) => channels === usual);
  return opened
    .filter(({ channels }) => channels !== usual)
    .map(({ entry, channels }) =>
      problemOf(path, entry, `expected ${usual} channels, as ${first!.entry.place} has, got ${channels}`),
    );
}

function datasetOf(
  path: string,
  { entries, targets, groups, unused }: ParsedFeatureManifest,
  good: readonly Opened[],
  options: OpenFeaturesOptions & { stages: number; problems: readonly FeatureProblem[]; reader: SequenceReader },
): FeatureDataset {
  const { stages, problems, reader, seed = 0 } = options;
  const hasTransitions = entries[0]!.transitions !== undefined;
  const clips = good.map(({ entry, steps }) => clipOf(entry, steps, stages, groups[0]));
  const hasSplit = entries[0]!.split !== undefined;
  const drawn = hasSplit
    ? undefined
    : drawTestClips(clips, {
        seed,
        ...(clips.some(({ competition }) => competition !== '') && { groupOf: ({ competition }) => competition }),
      });
  const hash = createHash('sha256').update(
    JSON.stringify([reader.resample, reader.preparation, good.map(({ identity }) => identity)]),
  );
  return new FeatureDataset(
    {
      clips: drawn?.clips ?? clips,
      channels: good[0]!.channels,
      targets,
      groups,
      description: `${clips.length} clips of ${path}`,
      transitionsFrom: hasTransitions ? 'labels' : 'equal parts',
      fingerprint: hash.digest('hex').slice(0, 16),
      problems,
      notes: [
        ...(unused.length > 0 ? [`columns that are not used: ${unused.slice(0, 20).join(', ')}`] : []),
        ...(hasTransitions ? [] : [`no transitions: every clip is cut into ${stages} parts of the same length`]),
        ...(clips.every(({ diveNumber }) => diveNumber === 'any')
          ? ['no classes: every clip may be compared with every other']
          : []),
        ...(drawn ? [drawn.note] : []),
      ],
    },
    new Map(good.map(({ entry, kept }) => [entry.id, kept ?? entry.paths])),
    (paths) => reader.read(paths),
  );
}

function clipOf(entry: FeatureEntry, steps: number, stages: number, firstGroup: string | undefined): FeatureClip {
  const {
    id,
    diveNumber,
    score,
    difficulty,
    event,
    transitions,
    split = 'train',
    targets,
    passed,
    awards,
    groups,
  } = entry;
  return {
    id,
    competition: event === '' && firstGroup !== undefined ? groups[firstGroup]! : event,
    diveNumber,
    score,
    difficulty,
    frameCount: steps,
    transitions: [...(transitions ?? equalParts(steps, stages))],
    split,
    targets,
    ...(passed !== undefined && { passed }),
    ...(awards && { awards }),
    groups,
  };
}

function assertTransitions({ transitions }: FeatureEntry, steps: number): void {
  const late = transitions?.find((step) => step >= steps);
  if (late !== undefined) {
    throw new DataError(`openFeatures: expected transitions within ${steps} steps, got one at ${late}.`);
  }
}

function problemOf(path: string, { id, place, paths }: FeatureEntry, problem: string): FeatureProblem {
  return { clip: id, place, problem: `${place} of ${path} (${paths.join('; ')}): ${problem}` };
}

function ownMemory(data: Float32Array): Float32Array {
  return data.byteLength === data.buffer.byteLength ? data : data.slice();
}

/** A message without its callers and its full stop, to be put into another. */
function plain(message: string): string {
  return message.replace(/^(?:\w+: )+/, '').replace(/\.$/, '');
}

function assertWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new ArgumentError(`openFeatures: ${name} must be a whole number from ${min} to ${max}, got ${value}.`);
  }
}
