import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A package that is used where the user has installed it, and that nothing installs by itself. */
interface OptionalPackage {
  readonly name: string;
  /** Versions that are supported, as in the peer dependencies. */
  readonly range: string;
  /** What it makes possible. */
  readonly use: string;
}

/** All of them: every optional peer dependency of the command line. */
export const OPTIONAL_PACKAGES: readonly OptionalPackage[] = [
  {
    name: '@tensorflow/tfjs-node-gpu',
    range: '^4.22.0',
    use: '--engine tensorflow on an NVIDIA GPU with CUDA 11.2 and cuDNN 8.1',
  },
  {
    name: '@tensorflow/tfjs-node',
    range: '^4.22.0',
    use: '--engine tensorflow on the CPU of platforms without mcore-tensorflow',
  },
  { name: 'onnxruntime-node', range: '>=1.19.0', use: '--engine onnx' },
  { name: 'bullmq', range: '^6.0.0', use: 'mcore queue' },
  { name: 'ioredis', range: '^5.4.0 || ^6.0.0', use: 'mcore queue' },
];

/** An optional package and the version that is here. */
export interface FoundPackage extends OptionalPackage {
  /** null if it is not installed. */
  readonly installed: string | null;
}

/**
 * Looks each optional package up, from the folder mcore runs in and from where mcore is installed.
 *
 * @param folder - The folder mcore runs in.
 */
export function findOptionalPackages(folder: string): FoundPackage[] {
  const origins = [join(folder, 'package.json'), import.meta.url];
  return OPTIONAL_PACKAGES.map((wanted) => {
    const versions = origins.map((origin) => installedVersion(wanted.name, origin));
    return { ...wanted, installed: versions.find((version) => version !== null) ?? null };
  });
}

function installedVersion(name: string, origin: string): string | null {
  // a package may not export its package.json, so the file is looked for where Node looks for the package
  const folders = createRequire(origin).resolve.paths(name) ?? [];
  const file = folders.map((folder) => join(folder, name, 'package.json')).find((path) => existsSync(path));
  return file === undefined ? null : (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
