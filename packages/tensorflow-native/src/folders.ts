import { homedir } from 'node:os';
import { join } from 'node:path';
import { TENSORFLOW_VERSION, TFJS_NODE_VERSION, type Variant } from './versions.js';

/**
 * The user's cache folder for these packages: `$XDG_CACHE_HOME/mcore` or `~/.cache/mcore`, on macOS
 * `~/Library/Caches/mcore`, on Windows `%LOCALAPPDATA%\mcore\cache`.
 *
 * @param environment - Environment variables; default those of the process.
 * @param platform - As `process.platform`.
 * @returns An absolute path; the folder may not exist.
 */
export function cacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  const home = environment.HOME || homedir();
  if (platform === 'win32') return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'mcore', 'cache');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'mcore');
  return join(environment.XDG_CACHE_HOME || join(home, '.cache'), 'mcore');
}

/**
 * Where one build is installed: another version of TensorFlow or of tfjs-node, or another variant, gets another folder,
 * so that an update never changes files that a running program uses.
 *
 * @param variant - `cpu` or `cuda`.
 * @param cache - The cache folder, {@link cacheFolder}.
 * @returns An absolute path; the folder exists only if the installation is complete.
 */
export function installFolder(variant: Variant, cache: string = cacheFolder()): string {
  return join(cache, `tensorflow-${TENSORFLOW_VERSION}-${variant}-tfjs-${TFJS_NODE_VERSION}`);
}

/** The files of an installation. */
export function installedFiles(folder: string) {
  return {
    /** What was installed, see `InstallRecord`. */
    record: join(folder, 'install.json'),
    /** tfjs-node's compiled binding. */
    binding: join(folder, 'binding', 'tfjs_binding.node'),
    /** `libtensorflow_cc.so.2` and `libtensorflow_framework.so.2`, beside `nvidia/`, as in the wheels. */
    libraries: join(folder, 'tensorflow'),
    /** NVIDIA's libraries, of the variant `cuda` only. */
    nvidia: join(folder, 'nvidia'),
    /** JavaScript of `@tensorflow/tfjs-node`. */
    tfjsNode: join(folder, 'tfjs-node'),
    /** The program that tests an installation. */
    check: join(folder, 'check.cjs'),
  };
}
