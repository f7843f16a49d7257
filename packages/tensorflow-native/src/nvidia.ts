import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { installedFiles } from './folders.js';

/** Folders of NVIDIA's libraries in an installation; none in the variant `cpu`. */
function libraryFolders(installation: string): readonly string[] {
  const { nvidia } = installedFiles(installation);
  if (!existsSync(nvidia)) return [];
  return readdirSync(nvidia)
    .map((name) => join(nvidia, name, 'lib'))
    .filter((folder) => existsSync(folder));
}

/**
 * Loads NVIDIA's libraries into this process, so that TensorFlow, which opens them by name, finds them loaded. Its own
 * search path has most of them; this leaves nothing to `LD_LIBRARY_PATH`, which is read only when a process starts.
 *
 * @param installation - Folder of the variant `cuda`; nothing happens for `cpu`.
 * @returns The files that were loaded. A library that can't be loaded is skipped; TensorFlow reports what is missing.
 */
export function preloadNvidia(installation: string): readonly string[] {
  return libraryFolders(installation).flatMap((folder) =>
    readdirSync(folder)
      // by the name that others ask for (libcublas.so.12); cuDNN finds its parts itself, libnvblas is for BLAS programs
      .filter((name) => /^lib[A-Za-z]+\.so\.\d+$/.test(name) && !name.startsWith('libnvblas'))
      .map((name) => join(folder, name))
      .filter(keepLoaded),
  );
}

/** Opens a shared library for the rest of the process. */
function keepLoaded(file: string): boolean {
  const RTLD_NODELETE = 0x1000; // glibc; Node closes what isn't an addon of its own, and this keeps it
  try {
    process.dlopen({ exports: {} }, file, constants.dlopen.RTLD_LAZY | RTLD_NODELETE);
    return true;
  } catch (error) {
    return (error as Error).message.includes('did not self-register');
  }
}

/**
 * Environment for a program that uses the variant `cuda`, with NVIDIA's libraries on the search path from its start.
 *
 * @param installation - Folder of the variant `cuda`.
 * @param environment - What to start from; default that of the process.
 * @returns A copy, with every `nvidia/<library>/lib` in front of `LD_LIBRARY_PATH`; without any it is only a copy.
 */
export function launchEnvironment(
  installation: string,
  environment: Readonly<NodeJS.ProcessEnv> = process.env,
): NodeJS.ProcessEnv {
  const folders = libraryFolders(installation);
  if (folders.length === 0) return { ...environment };
  const path = [...folders, ...(environment.LD_LIBRARY_PATH ? [environment.LD_LIBRARY_PATH] : [])].join(':');
  return { TF_FORCE_GPU_ALLOW_GROWTH: 'true', ...environment, LD_LIBRARY_PATH: path };
}
