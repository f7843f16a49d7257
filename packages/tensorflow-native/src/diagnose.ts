import { existsSync } from 'node:fs';
import { checkInstallation } from './check-installation.js';
import { cacheFolder } from './folders.js';
import { findInstallations } from './record.js';
import { assertMachine, gigabytes } from './requirements.js';
import type { Variant } from './versions.js';

/** State of one installation. */
export interface InstallationDiagnosis {
  readonly variant: Variant;
  readonly folder: string;
  /** Size on disk, in bytes. */
  readonly bytes: number;
  readonly works: boolean;
  /** What it is, or why it doesn't work. */
  readonly message: string;
}

/** The state of TensorFlow on this machine. */
export interface TensorflowDiagnosis {
  /** Whether TensorFlow can be installed on this machine; else why not. */
  readonly supported: boolean;
  readonly message: string;
  readonly installations: readonly InstallationDiagnosis[];
  /** Version of the NVIDIA driver, if there is one. */
  readonly nvidiaDriver?: string;
}

/**
 * Tests every installation in a separate process. If nothing is installed, says how to install it.
 *
 * @param cache - The cache folder.
 * @returns Never throws.
 */
export async function diagnoseTensorflow(cache: string = cacheFolder()): Promise<TensorflowDiagnosis> {
  const installations = await Promise.all(
    findInstallations(cache).map(async ({ variant, folder, bytes }) => {
      try {
        const { tensorflow, gpu, log } = await checkInstallation(folder);
        const device = variant === 'cuda' ? (gpu ? ', on the GPU' : `, but without a GPU. ${log}`) : '';
        return { variant, folder, bytes, works: true, message: `TensorFlow ${tensorflow}${device}` };
      } catch (error) {
        return { variant, folder, bytes, works: false, message: (error as Error).message };
      }
    }),
  );
  const driver = await nvidiaDriver();
  return {
    ...support(installations.length > 0),
    installations,
    ...(driver === undefined ? {} : { nvidiaDriver: driver }),
  };
}

function support(installed: boolean): { supported: boolean; message: string } {
  try {
    assertMachine();
  } catch (error) {
    return { supported: false, message: (error as Error).message.replace(/^installTensorflow: /, '') };
  }
  return {
    supported: true,
    message: installed
      ? 'installed'
      : `not installed: npx mcore-tensorflow install gets it (${gigabytes(0.27e9)} to download, ${gigabytes(0.87e9)} on disk)`,
  };
}

async function nvidiaDriver(): Promise<string | undefined> {
  const file = '/proc/driver/nvidia/version';
  if (!existsSync(file)) return undefined;
  const { readFile } = await import('node:fs/promises');
  return /Module\s+(?:for \S+\s+)?([\d.]+)/.exec(await readFile(file, 'utf8'))?.[1];
}
