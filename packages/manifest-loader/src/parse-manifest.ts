import {
  ascending,
  assertConsistent,
  type ClipLabels,
  clipColumns,
  clipLabels,
  parseTable,
  type TableFormat,
  type TableRow,
} from '@mcore/table';
import { pathColumns, type TimeSpan, timeSpan } from './time-span.js';

const CALLER = 'openManifest';

/** One clip of a manifest as it is written; what only its file can tell is not known yet. */
export interface ManifestEntry extends ClipLabels, TimeSpan {
  /** Of the video file or the folder of images, with `/` between its parts; relative and without `..`, unless others are allowed. */
  readonly path: string;
  readonly score: number;
  /** In lower case; `'any'` in a manifest without classes. */
  readonly diveNumber: string;
  /** First frames of stages 2, 3, ... in seconds from the first frame of the file; undefined if the manifest lacks them or has frames. */
  readonly transitionSeconds?: readonly number[];
  /** Number of frames, where the manifest says it: the file isn't opened to count them then. */
  readonly frames?: number;
}

/** What {@link parseManifest} gives. */
export interface ParsedManifest {
  readonly entries: readonly ManifestEntry[];
  /** Columns or keys that mean nothing here, in the order in which they occur. */
  readonly unused: readonly string[];
}

/** Columns by what else they may be called. */
const columns = {
  ...clipColumns,
  path: pathColumns,
  start: ['start'],
  end: ['end'],
  score: ['score'],
  transition_seconds: ['transition_seconds'],
  frames: ['frames'],
} as const;

/**
 * Reads a manifest: a list of videos with their scores, as CSV with a line of column names or as JSON.
 *
 * | column | |
 * | --- | --- |
 * | `path` | video file or folder of images, relative to the manifest's folder unless absolute paths are allowed; needed |
 * | `score` | in points; needed |
 * | `start`, `end` | the part of the video that is the clip, in seconds from its first frame; all of it unless given |
 * | `id` | unique name; the path without its ending, `/` as `__`, unless given |
 * | `class` | dive number or name of the action; exemplars are clips of the same class. For all clips or for none |
 * | `difficulty` | helps to find the nearest dive where a number has no exemplar |
 * | `transitions`, or `transition_seconds` | first frame of stage 2, 3, ..., or seconds; separated by spaces in CSV, in brackets or not, a list in JSON. As many for all clips, or none |
 * | `split` | `train` or `test`, for all clips or for none |
 * | `event` | clips of one event stay together when events are held out |
 * | `frames` | number of frames, so that the file needn't be opened to count them |
 *
 * @param text - The whole file.
 * @param format - What it is.
 * @param options - `absolutePaths`: paths may be absolute or lead out of the manifest's folder.
 * @returns Clips in the order of the file.
 * @throws {@link DataError} that names the line (CSV) or the entry (JSON) and what is wrong there.
 */
export function parseManifest(
  text: string,
  format: TableFormat,
  { absolutePaths = false }: { readonly absolutePaths?: boolean } = {},
): ParsedManifest {
  const unused = new Set<string>();
  const rows = parseTable(text, format, CALLER).map((row) => row.renamed(columns, unused));
  assertColumns(rows, unused);
  const entries = rows.map((row) => entryOf(row, absolutePaths));
  assertConsistent(
    CALLER,
    entries,
    ({ transitions, transitionSeconds }) => (transitions ?? transitionSeconds)?.length ?? 0,
  );
  const named = entries.map((entry) => (entry.diveNumber === '' ? { ...entry, diveNumber: 'any' } : entry));
  return { entries: named, unused: [...unused] };
}

/** Says which columns a table has that lacks one of those it needs. */
function assertColumns(rows: readonly TableRow[], unused: ReadonlySet<string>): void {
  const found = [...new Set([...rows.flatMap(({ fields }) => [...fields.keys()]), ...unused])];
  for (const name of ['path', 'score'] as const) {
    if (rows.some(({ fields }) => fields.has(name))) continue;
    const others = columns[name].slice(1);
    const called = others.length === 0 ? '' : ` (also called ${others.join(', ')})`;
    throw rows[0]!.error(`a column ${name}${called} with values`, `the columns ${found.slice(0, 10).join(', ')}`);
  }
}

const ELSEWHERE = ' (absolutePaths, --absolute-paths, allows others)';

function entryOf(row: TableRow, absolutePaths: boolean): ManifestEntry {
  const { place } = row;
  const path = row.path('path', { anywhere: absolutePaths, advice: ELSEWHERE });
  const span = timeSpan(row);
  // several clips of one file need names of their own
  const named = span.start === undefined ? path : path.replace(/(\.\w+)?$/, `-${span.start}$1`);
  const labels = clipLabels(row, named);
  const score = row.number('score');
  if (score === undefined) throw row.error(`a number as score in ${place}`, undefined);
  const frames = row.number('frames');
  if (frames !== undefined && !(Number.isSafeInteger(frames) && frames >= 1)) {
    throw row.error(`a whole number of at least 1 as frames in ${place}`, frames);
  }
  const transitionSeconds = ascending(row, 'transition_seconds');
  if (labels.transitions && transitionSeconds) {
    throw row.error(`transitions or transition_seconds in ${place}`, 'both');
  }
  return {
    ...labels,
    ...span,
    path,
    score,
    ...(transitionSeconds && { transitionSeconds }),
    ...(frames !== undefined && { frames }),
  };
}
