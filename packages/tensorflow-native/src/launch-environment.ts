import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, installedFiles, installFolder } from './folders.js';

/**
 * Environment for a program that uses the variant `cuda` where its own search path for NVIDIA's libraries isn't enough:
 * the loader reads `LD_LIBRARY_PATH` only when a process starts, so it can't be set from within.
 *
 * @param environment - What to start from; default that of the process.
 * @param cache - The cache folder.
 * @returns A copy with every `nvidia/<library>/lib` of the installation first; unchanged if `cuda` isn't installed.
 */
export function launchEnvironment(
  environment: Readonly<NodeJS.ProcessEnv> = process.env,
  cache: string = cacheFolder(),
): NodeJS.ProcessEnv {
  const { nvidia } = installedFiles(installFolder('cuda', cache));
  if (!existsSync(nvidia)) return { ...environment };
  const folders = readdirSync(nvidia)
    .map((name) => join(nvidia, name, 'lib'))
    .filter((folder) => existsSync(folder));
  const path = [...folders, ...(environment.LD_LIBRARY_PATH ? [environment.LD_LIBRARY_PATH] : [])].join(':');
  return { TF_FORCE_GPU_ALLOW_GROWTH: 'true', ...environment, LD_LIBRARY_PATH: path };
}
