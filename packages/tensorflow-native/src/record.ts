import { readFileSync } from 'node:fs';
import { cacheFolder, installedFiles, installFolder } from './folders.js';
import type { Variant } from './versions.js';

/** What an installation is, kept beside it as JSON. */
export interface InstallRecord {
  readonly variant: Variant;
  /** TensorFlow's version, as the library itself reports it. */
  readonly tensorflow: string;
  readonly tfjsNode: string;
  /** The wheels, as file names. */
  readonly wheels: readonly string[];
  /** Origin of the binding: the compiler's first line of `--version`, or the file it was copied from. */
  readonly binding: string;
  /** Version of Node that ran the self-test. */
  readonly node: string;
  /** Size on disk, in bytes. */
  readonly bytes: number;
  /** ISO 8601. */
  readonly installedAt: string;
}

/** An installation that is complete. */
export interface Installation extends InstallRecord {
  readonly folder: string;
}

/**
 * Finds what is installed.
 *
 * @param cache - The cache folder.
 * @returns Complete installations of this package's versions, `cuda` first.
 */
export function findInstallations(cache: string = cacheFolder()): readonly Installation[] {
  return (['cuda', 'cpu'] as const).flatMap((variant) => {
    const folder = installFolder(variant, cache);
    try {
      const record = JSON.parse(readFileSync(installedFiles(folder).record, 'utf8')) as InstallRecord;
      return [{ ...record, folder }];
    } catch {
      return []; // not there, or not complete
    }
  });
}
