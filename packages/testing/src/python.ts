import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where `node scripts/set-up-python.mjs` puts its environment. */
const OWN = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mcore', 'python');

/** A Python that has some modules, or why none was found. */
export type FoundPython = { python: string; missing: null } | { python: null; missing: string };

/**
 * Looks for a Python with all of the given modules: `MCORE_PYTHON`, the one of `node scripts/set-up-python.mjs`, then
 * `python3` and `python` of the path.
 *
 * @param modules - Names to import.
 * @returns The first that has them all; else a reason for the name of a skipped test.
 */
export function findPython(modules: readonly string[]): FoundPython {
  const own = [join(OWN, 'bin', 'python'), join(OWN, 'Scripts', 'python.exe')].filter((path) => existsSync(path));
  const candidates = process.env.MCORE_PYTHON ? [process.env.MCORE_PYTHON] : [...own, 'python3', 'python'];
  const check = `import importlib.util, sys; sys.exit(0 if all(importlib.util.find_spec(m) for m in ${JSON.stringify(modules)}) else 3)`;
  const python = candidates.find((candidate) => spawnSync(candidate, ['-c', check]).status === 0);
  if (python) return { python, missing: null };
  return { python: null, missing: `no Python with ${modules.join(', ')} (node scripts/set-up-python.mjs makes one)` };
}

/** Runs a Python script to its end; its standard output. */
export async function runPython(python: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(python, [...args], { maxBuffer: 2 ** 26 });
  return stdout;
}
