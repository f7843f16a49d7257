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
