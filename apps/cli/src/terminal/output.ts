import type { ClipSource } from '@mcore/clips';
import { notesOf } from '@mcore/training';
import { errorColors as pc } from './colors.js';

/** A line of progress or explanation, on standard error. */
export function say(text = ''): void {
  process.stderr.write(`${text}\n`);
}

/** What a person should know of a source of clips before relying on it, on standard error. */
export function sayNotes(source: ClipSource): void {
  for (const note of notesOf(source)) say(`Note: ${note}.`);
}

/** A heading on standard error. */
export function heading(text: string): void {
  say(`\n${pc.bold(text)}`);
}

/** A result, on standard output: JSON where a machine asked for it, text otherwise. */
export function result(json: boolean, value: unknown, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text()}\n`);
}

/** Lays rows out in columns, the first to the left, the others to the right; the first row is the header. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  const [header, ...body] = rows;
  return [line(header!), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}
