import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, installFolder } from './folders.js';
import type { Variant } from './versions.js';

/**
 * Removes installations of all versions.
 *
 * @param options - `variant` restricts it to one of this version; `cache` as in {@link InstallOptions}.
 * @returns The folders that were removed.
 */
export function uninstallTensorflow(options: { variant?: Variant; cache?: string } = {}): readonly string[] {
  const { variant, cache = cacheFolder() } = options;
  const folders = (existsSync(cache) ? readdirSync(cache) : [])
    .filter((name) => name.startsWith('tensorflow-') && !name.endsWith('.lock'))
    .map((name) => join(cache, name))
    .filter((folder) => variant === undefined || folder === installFolder(variant, cache));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  return folders;
}
