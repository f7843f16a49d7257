import { type ScoreOf, scoreFunctions } from '@mcore/clips';
import {
  assertAllOrNone,
  assertConsistent,
  type ClipLabels,
  clipColumns,
  clipLabels,
  parseTable,
  type TableFormat,
  type TableRow,
} from '@mcore/table';

const CALLER = 'openFeatures';

/** One clip of a manifest as it is written. */
export interface FeatureEntry extends ClipLabels {
  /** Of its files, relative, with `/` between parts; what follows a `#` names an array in the file. */
  readonly paths: readonly string[];
  readonly score: number;
  /** By the names of their columns without `target_`; `score` alone if there are no such columns. */
  readonly targets: Readonly<Record<string, number>>;
  readonly passed?: boolean;
  readonly awards?: readonly number[];
  /** By the names of their columns. */
  readonly groups: Readonly<Record<string, string>>;
}

/** What {@link parseFeatureManifest} gives. */
export interface ParsedFeatureManifest {
  readonly entries: readonly FeatureEntry[];
  /** Names of the targets, the same for all clips. */
  readonly targets: readonly string[];
  /** Names of the columns of groups, the same for all clips. */
  readonly groups: readonly string[];
  /** Columns or keys that mean nothing here. */
  readonly unused: readonly string[];
}

/** How {@link parseFeatureManifest} reads. */
export interface ParseFeatureManifestOptions {
  /** How the score is made of targets where there is no column `score`; `'sum'` unless given. */
  readonly scoreOf?: ScoreOf;
  /** Columns that are groups, beside those that are called so. */
  readonly groups?: readonly string[];
}

/** Names that the column of a clip's files may have. */
export const pathColumns = ['path', 'file', 'features', 'poses'] as const;

const columns = {
  ...clipColumns,
  path: pathColumns,
  score: ['score'],
  passed: ['passed', 'pass', 'label', 'correct'],
  awards: ['awards', 'judges'],
} as const;

/** Columns of groups without the prefix `group_`. */
const groupNames = ['group', 'subject', 'person', 'user', 'patient', 'trial', 'session', 'fold'];

const verdicts: ReadonlyMap<string, boolean> = new Map([
  ...['1', 'true', 'yes', 'pass', 'passed', 'correct'].map((word) => [word, true] as const),
  ...['0', 'false', 'no', 'fail', 'failed', 'incorrect'].map((word) => [word, false] as const),
]);

/**
 * Reads a manifest of features: a list of clips as CSV with a line of column names or as JSON. The columns are those of
 * `parseManifest` for videos (`id`, `class`, `difficulty`, `transitions`, `split`, `event`), and:
 *
 * | column | |
 * | --- | --- |
 * | `path` | file of features or poses, relative to the manifest's folder; several, separated by `;` or as a list, are joined along channels; `file.npz#name` names an array |
 * | `score` | a number; needed unless there are targets or `passed` |
 * | `target_NAME` | one of several scores of a clip |
 * | `passed` | whether it was done correctly: 1, true, yes, pass, correct, or 0, false, no, fail, incorrect |
 * | `awards` | what every judge awarded, separated by spaces or as a list |
 * | `group`, `subject`, `person`, `user`, `patient`, `trial`, `session`, `fold`, `group_NAME` | what folds keep together |
 *
 * @param text - The whole file.
 * @param format - What it is.
 * @param options - See {@link ParseFeatureManifestOptions}.
 * @returns Clips in the order of the file.
 * @throws {@link DataError} that names the line (CSV) or the entry (JSON) and what is wrong there.
 */
export function parseFeatureManifest(
  text: string,
  format: TableFormat,
  options: ParseFeatureManifestOptions = {},
): ParsedFeatureManifest {
  const { scoreOf = 'sum', groups: more = [] } = options;
  const asGroups = new Set([...groupNames, ...more.map((name) => name.trim().toLowerCase())]);
  const unused = new Set<string>();
  const rows = parseTable(text, format, CALLER);
  const entries = rows.map((row) => entryOf(row, { scoreOf, asGroups, unused }));
  assertConsistent(CALLER, entries);
  assertAllOrNone(CALLER, entries, 'a verdict as passed', ({ passed }) => passed !== undefined);
  const names = namesOf(entries, 'targets');
  const groups = namesOf(entries, 'groups');
  const named = entries.map((entry) => (entry.diveNumber === '' ? { ...entry, diveNumber: 'any' } : entry));
  return { entries: named, targets: names, groups, unused: [...unused] };
}

function entryOf(
  row: TableRow,
  { scoreOf, asGroups, unused }: { scoreOf: ScoreOf; asGroups: ReadonlySet<string>; unused: Set<string> },
): FeatureEntry {
  const targetNames = [...row.fields.keys()].filter((name) => /^target_./.test(name));
  const groupColumns = [...row.fields.keys()].filter((name) => asGroups.has(name) || /^group_./.test(name));
  const others = new Set<string>();
  const known = row.renamed(columns, others);
  for (const name of others) if (!targetNames.includes(name) && !groupColumns.includes(name)) unused.add(name);
  const paths = known.paths('path');
  const labels = clipLabels(known, paths[0]!.replace(/(\.[a-z]+)?#/i, '/'));
  const given = targetNames.map((name) => [name.slice('target_'.length), row.number(name)!] as const);
  const passed = verdictOf(known);
  const awards = known.numbers('awards');
  const score =
    known.number('score') ?? scoreFrom(given, scoreOf) ?? (passed === undefined ? undefined : Number(passed));
  if (score === undefined) throw row.error(`a number as score (or target_..., or passed) in ${row.place}`, undefined);
  return {
    ...labels,
    paths,
    score,
    targets: Object.fromEntries(given.length > 0 ? given : [['score', score]]),
    ...(passed !== undefined && { passed }),
    ...(awards && { awards }),
    groups: Object.fromEntries(groupColumns.map((name) => [name.replace(/^group_/, ''), row.text(name)])),
  };
}

function scoreFrom(targets: readonly (readonly [string, number])[], scoreOf: ScoreOf): number | undefined {
  return targets.length === 0 ? undefined : scoreFunctions[scoreOf](targets.map(([, value]) => value));
}

function verdictOf(row: TableRow): boolean | undefined {
  const text = row.text('passed');
  if (text === '') return undefined;
  const verdict = verdicts.get(text.toLowerCase());
  if (verdict === undefined)
    throw row.error(`1 or 0, pass or fail, correct or incorrect as passed in ${row.place}`, text);
  return verdict;
}

/** Names that all entries have. */
function namesOf(entries: readonly FeatureEntry[], of: 'targets' | 'groups'): string[] {
  const names = [...new Set(entries.flatMap((entry) => Object.keys(entry[of])))];
  for (const name of names) {
    assertAllOrNone(CALLER, entries, `${of === 'targets' ? 'target_' : 'a group '}${name}`, (entry) =>
      Object.hasOwn(entry[of], name),
    );
  }
  return names;
}
