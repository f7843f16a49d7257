import { DataError } from '@mcore/errors';
import { csvCell, textOfCsvCell } from '@mcore/table';
import { parse } from 'csv-parse/sync';
import type { ComparedClip } from '../predictions/compare.js';
import type { PredictedClip } from '../predictions/predict-clips.js';
import { readNamed } from './run-files.js';

const COLUMNS = [
  'id',
  'dive_number',
  'true_score',
  'predicted_score',
  'spread',
  'true_transitions',
  'predicted_transitions',
  'label_only_score',
  'exemplars',
  'competition',
] as const;

/** One row a clip, for spreadsheets and `mcore compare`. */
export function clipsCsv(clips: readonly PredictedClip[]): string {
  const lines = clips.map((clip) =>
    [
      csvCell(clip.id),
      csvCell(clip.diveNumber),
      clip.trueScore,
      clip.predictedScore.toFixed(4),
      clip.scored.spread.toFixed(4),
      clip.trueTransitions.join(' '),
      clip.predictedTransitions.join(' '),
      clip.labelOnly.score.toFixed(4),
      csvCell(clip.scored.votes.map((vote) => vote.id).join(' ')),
      csvCell(clip.competition ?? ''),
    ].join(','),
  );
  return `${[COLUMNS.join(','), ...lines].join('\n')}\n`;
}

/** The clips of a file that {@link clipsCsv} wrote. */
export async function readClipsCsv(path: string): Promise<ComparedClip[]> {
  return parseClipsCsv(new TextDecoder().decode(await readNamed(path, 'the clips of an evaluation')), path);
}

/**
 * Reads what {@link clipsCsv} wrote; further columns and another order of columns do no harm.
 *
 * @param name - What errors call the file.
 * @throws {@link DataError} naming the line that is not as it should be.
 */
export function parseClipsCsv(text: string, name: string): ComparedClip[] {
  const [header, ...rows] = rowsOf(text, name);
  const position = (column: (typeof COLUMNS)[number]) => {
    const found = header?.record.indexOf(column) ?? -1;
    if (found >= 0) return found;
    const got = header?.record.join(',') ?? 'an empty file';
    throw new DataError(`${name}:1: expected a column ${column}, as mcore eval --csv writes it, got ${got}.`);
  };
  const at = {
    id: position('id'),
    trueScore: position('true_score'),
    predictedScore: position('predicted_score'),
    trueTransitions: position('true_transitions'),
    predictedTransitions: position('predicted_transitions'),
  };
  return rows.map(({ record, line }) => {
    const number = (cell: string | undefined, what: string) => {
      const value = cell === undefined || cell.trim() === '' ? Number.NaN : Number(cell);
      if (Number.isFinite(value)) return value;
      throw new DataError(`${name}:${line}: expected a number as ${what}, got ${cell}.`);
    };
    const list = (cell: string | undefined, what: string) =>
      cell === '' ? [] : (cell ?? '').split(' ').map((part) => number(part, what));
    return {
      id: textOfCsvCell(record[at.id]!),
      trueScore: number(record[at.trueScore], 'true_score'),
      predictedScore: number(record[at.predictedScore], 'predicted_score'),
      trueTransitions: list(record[at.trueTransitions], 'true_transitions'),
      predictedTransitions: list(record[at.predictedTransitions], 'predicted_transitions'),
    };
  });
}

/** The values of every row and the line it ends on. */
function rowsOf(text: string, name: string): { record: string[]; line: number }[] {
  try {
    const rows = parse(text, { bom: true, relaxColumnCount: true, skipEmptyLines: true, info: true }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
    return rows.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    throw new DataError(`${name}: expected CSV, got this: ${(error as Error).message}`, { cause: error });
  }
}
