import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a file so that it is there whole or not at all: to a temporary name beside it, flushed, then renamed.
 * Folders on the way are made.
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A name beside a file for what is not whole yet. */
export function temporaryName(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}.tmp`;
}

/**
 * Makes sure, before hours of work, that a file can be written where it is expected: makes its folder and tries a file beside it.
 * Nothing where `path` is undefined, so that options that were not given can be passed.
 */
export async function assertWritable(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  await (await open(temporary, 'wx')).close();
  await rm(temporary, { force: true });
}

/**
 * Removes temporary files that a killed run left in a folder or below it.
 *
 * @param olderThan - In milliseconds: 0 where nobody else writes there, more where other runs may.
 */
export async function removeLeftovers(folder: string, olderThan = 0): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  for (const name of names.filter((name) => /\.[0-9a-f]{8}\.tmp$/.test(name))) {
    const path = join(folder, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age >= olderThan) await rm(path, { force: true });
  }
}
