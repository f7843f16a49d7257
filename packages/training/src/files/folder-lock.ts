import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { McoreError } from '@mcore/errors';
import type { Shard } from '@mcore/tasks';
import { resultFileName } from '@mcore/tasks/node';
import { temporaryName } from './atomic-file.js';

/** Name of the file that says a folder is being written to; that of a file has it behind its own name. */
export const LOCK_NAME = '.mcore.lock';

/** Who holds a folder or file, as the lock file says. */
interface Holder {
  pid: number;
  host: string;
  command: string;
  since: string;
}

/** A folder or file held by this process. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Holds a folder, so that no two runs write into it. The folder is made; a lock whose process is gone is taken over.
 *
 * A process of another machine can't be checked: a lock of another host counts as held until someone deletes it.
 *
 * @param folder - Made if it is not there.
 * @param command - What holds it, for the message that others get: `mcore train`.
 * @throws {@link McoreError} `ERR_MCORE_LOCKED` if another run that is alive holds it.
 */
export function lockFolder(folder: string, command: string): Promise<FolderLock> {
  return hold({ held: folder, path: join(folder, LOCK_NAME) }, command);
}

/**
 * Holds one shard's file of results while some work is done, as {@link lockFolder} holds a folder; other shards may be at theirs in
 * the same folder.
 *
 * @param folder - Of the results; made if it is not there.
 */
export async function holdingResults<T>(
  folder: string,
  shard: Shard,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  const held = join(folder, resultFileName(shard));
  const lock = await hold({ held, path: `${held}${LOCK_NAME}` }, command);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** What is to be held, and the file that says so. */
interface Place {
  held: string;
  path: string;
}

/** Texts of the locks that this process holds: its number alone may be that of an earlier process. */
const heldHere = new Set<string>();

async function hold(place: Place, command: string): Promise<FolderLock> {
  const { path } = place;
  await mkdir(dirname(path), { recursive: true });
  const mine = `${JSON.stringify({ pid: process.pid, host: hostname(), command, since: new Date().toISOString(), token: randomUUID() })}\n`;
  while (!(await create(path, mine))) {
    const found = await readLock(place);
    if (found === undefined) continue; // released between the two
    const holder = parseHolder(found);
    if (holder === undefined || heldHere.has(found) || isAlive(holder)) throw lockedError(place, holder);
    await takeAway(place, found);
  }
  heldHere.add(mine);
  await removeTemporaries(path);
  return {
    release: async () => {
      heldHere.delete(mine);
      if ((await readFile(path, 'utf8').catch(() => '')) === mine) await rm(path, { force: true });
    },
  };
}

/**
 * The text of the lock file; undefined if it has been removed.
 *
 * @throws McoreError `ERR_MCORE_LOCKED` if it can't be read, as a folder of its name or a file without permission.
 */
async function readLock({ held, path }: Place): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    const what = error.code === 'EISDIR' ? 'a folder' : `a file that can't be read (${error.code})`;
    throw new McoreError(
      'ERR_MCORE_LOCKED',
      `expected a lock file at ${path}, got ${what}. If nothing writes to ${held}, delete it.`,
      { cause: error },
    );
  });
}

/** Removes what processes left that were killed while they made this lock; one that is at it now makes another. */
async function removeTemporaries(path: string): Promise<void> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp'),
  );
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
}

/** Makes the lock file unless it is there; by a link, which appears whole or not at all. */
async function create(path: string, text: string): Promise<boolean> {
  const temporary = temporaryName(path);
  try {
    await writeNew(temporary, text);
    return await link(temporary, path).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        // file systems without links (FAT, some network shares)
        if (['EPERM', 'ENOTSUP', 'ENOSYS'].includes(error.code ?? '')) return writeNew(path, text).then(() => true);
        // another process took the temporary file for that of a killed one
        if (error.code === 'ENOENT') return false;
        throw error;
      },
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/**
 * Removes a stale lock, one process at a time: as none can be made while it is there, what is removed is the stale one.
 */
async function takeAway(place: Place, stale: string): Promise<void> {
  const guard = `${place.path}.taking`;
  try {
    await writeNew(guard, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const age = await stat(guard).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > GUARD_AGE)
      await rm(guard, { force: true }); // its process was killed
    else await setTimeout(GUARD_WAIT);
    return;
  }
  try {
    if ((await readLock(place)) === stale) await rm(place.path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** Milliseconds after which a process that takes a lock away counts as killed, and between looks at whether it is done. */
const GUARD_AGE = 10_000;
const GUARD_WAIT = 10;

function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder>;
    return Number.isSafeInteger(holder.pid) && typeof holder.host === 'string' ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true;
  // one's own number: that of an earlier process, as in a container that is started again, where it is always the same
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function lockedError({ held, path }: Place, holder: Holder | undefined): McoreError {
  const who = holder
    ? `${holder.command} (process ${holder.pid} on ${holder.host}, since ${holder.since})`
    : 'an unknown process (its lock file is not readable)';
  return new McoreError(
    'ERR_MCORE_LOCKED',
    `${held} is locked by ${who}. Wait for it or choose another folder; if nothing runs there, delete ${path}.`,
  );
}
