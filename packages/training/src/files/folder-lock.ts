import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
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
 * A process can't be asked for across machines: a lock of another host counts as held until somebody deletes it.
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

const heldHere = new Set<string>();

async function hold(place: Place, command: string): Promise<FolderLock> {
  const path = resolve(place.path);
  if (heldHere.has(path)) throw lockedError(place, { pid: process.pid, host: hostname(), command, since: 'now' });
  heldHere.add(path);
  try {
    const lock = await holdAmongProcesses(place, command);
    return {
      release: async () => {
        heldHere.delete(path);
        await lock.release();
      },
    };
  } catch (error) {
    heldHere.delete(path);
    throw error;
  }
}

async function holdAmongProcesses(place: Place, command: string): Promise<FolderLock> {
  const { path } = place;
  await mkdir(dirname(path), { recursive: true });
  const mine = `${JSON.stringify({ pid: process.pid, host: hostname(), command, since: new Date().toISOString() })}\n`;
  while (!(await create(path, mine))) {
    const found = await readLock(place);
    if (found === undefined) continue; // released between the two
    const holder = parseHolder(found);
    if (holder === undefined || isAlive(holder)) throw lockedError(place, holder);
    await takeAway(place, found);
  }
  await removeTemporaries(path);
  return {
    release: async () => {
      if ((await readFile(path, 'utf8').catch(() => '')) === mine) await rm(path, { force: true });
    },
  };
}

/**
 * The text of the lock file; undefined where there is none any more.
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

/** Removes a stale lock; if another process has taken it over in the meantime, that one keeps it. */
async function takeAway(place: Place, stale: string): Promise<void> {
  const { path } = place;
  // not a temporary name: whoever holds the lock by now removes those
  const aside = `${temporaryName(path)}.aside`;
  try {
    await rename(path, aside);
  } catch {
    return; // another process was faster
  }
  const taken = await readFile(aside, 'utf8');
  if (taken !== stale) {
    await link(aside, path).catch(() => {});
    await rm(aside, { force: true });
    throw lockedError(place, parseHolder(taken));
  }
  await rm(aside, { force: true });
}

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
    : 'a lock that says not by whom';
  return new McoreError(
    'ERR_MCORE_LOCKED',
    `expected ${held} for this run alone, got it in use by ${who}. Wait for it or choose another folder; if nothing runs there, delete ${path}.`,
  );
}
