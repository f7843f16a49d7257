import { readdirSync, readFileSync } from 'node:fs';

/** A file written by goldens/pickle-files.py. */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`__fixtures__/${name}`, import.meta.url)));
}

/** Names of the fixtures with this ending. */
export function fixtureNames(ending: string): string[] {
  return readdirSync(new URL('__fixtures__/', import.meta.url)).filter((name) => name.endsWith(ending));
}
