import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EngineError } from '@mcore/errors';
import { checkInstallation } from './check-installation.js';
import { CHECK_SCRIPT } from './check-script.js';
import { compileBinding } from './compile-binding.js';
import { type DownloadContext, downloadPackage, downloadWheel } from './download.js';
import { cacheFolder, installedFiles, installFolder } from './folders.js';
import { withLock } from './install-lock.js';
import { findInstallations, type Installation, type InstallRecord } from './record.js';
import { assertMachine, assertSpace, type Compiler, findCompiler, findPython, gigabytes } from './requirements.js';
import { adaptTfjsNode } from './tfjs-shim.js';
import { PROTOBUF_VERSION, TFJS_NODE_VERSION, type Variant, wheelsOf } from './versions.js';

/** How TensorFlow is installed. */
export interface InstallOptions {
  /** `cpu` (0.3 GB to download, 0.9 GB on disk) or `cuda` (3.4 and 5.7 GB). Default `cpu`. */
  readonly variant?: Variant;
  /** Path of a `tfjs_binding.node` compiled elsewhere, for machines without a C++ compiler. */
  readonly binding?: string;
  /** Replaces an existing installation. Default false. */
  readonly force?: boolean;
  /** Where to install it. Default: the user's cache folder. */
  readonly cache?: string;
  /** Called with each step, for logs. */
  readonly onStep?: (message: string) => void;
}

/**
 * Installs TensorFlow for the engine `tensorflow`: downloads its libraries with pip and tfjs-node's source with npm,
 * compiles the binding, tests it, and moves the finished folder into the cache. A failed
 * attempt leaves nothing behind.
 *
 * Source of the recipe: tfjs-node's `binding.gyp`, with the libraries of PyPI's wheel in place of the archive it
 * downloads.
 *
 * @param options - See {@link InstallOptions}.
 * @returns The installation; the existing one unless `force`.
 * @throws {@link EngineError} that names the step that failed and what to do.
 */
export async function installTensorflow(options: InstallOptions = {}): Promise<Installation> {
  const { variant = 'cpu', cache = cacheFolder(), onStep = () => {} } = options;
  assertMachine();
  const folder = installFolder(variant, cache);
  return withLock(`${folder}.lock`, async () => {
    const existing = findInstallations(cache).find((installation) => installation.variant === variant);
    if (existing && !options.force) return existing;

    const python = await findPython();
    const binding = options.binding === undefined ? await findCompiler() : assertBinding(options.binding);
    const wheels = wheelsOf(variant);
    const needed = wheels.reduce(
      (sum, { unpackedBytes }) => sum + unpackedBytes,
      Math.max(...wheels.map((w) => w.bytes)),
    );
    assertSpace(cache, needed);
    removeLeftovers(folder);

    const partial = mkdtempSync(`${folder}.partial-`);
    try {
      const context: DownloadContext = { python, folder: join(partial, 'download') };
      const record = await build(partial, variant, binding, context, onStep);
      writeFileSync(installedFiles(partial).record, `${JSON.stringify(record, null, 2)}\n`);
      if (existsSync(folder)) rmSync(folder, { recursive: true });
      renameSync(partial, folder);
      return { ...record, folder };
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      throw error;
    }
  });
}

/** Fills `folder` and tests it. */
async function build(
  folder: string,
  variant: Variant,
  binding: Compiler | string,
  context: DownloadContext,
  onStep: (message: string) => void,
): Promise<InstallRecord> {
  const files = installedFiles(folder);
  mkdirSync(context.folder, { recursive: true });
  const wheels: string[] = [];
  for (const wheel of wheelsOf(variant)) {
    onStep(`Downloading ${wheel.requirement} (${gigabytes(wheel.bytes)})`);
    wheels.push(await downloadWheel(wheel, folder, context));
  }
  onStep(`Downloading @tensorflow/tfjs-node ${TFJS_NODE_VERSION} (its source)`);
  await downloadPackage(`@tensorflow/tfjs-node@${TFJS_NODE_VERSION}`, files.tfjsNode, context);
  const protobuf = join(files.tfjsNode, 'node_modules', 'google-protobuf');
  await downloadPackage(`google-protobuf@${PROTOBUF_VERSION}`, protobuf, context);
  adaptTfjsNode(files.tfjsNode);
  rmSync(context.folder, { recursive: true });

  if (typeof binding === 'string') {
    onStep(`Copying the binding from ${binding}`);
    mkdirSync(dirname(files.binding), { recursive: true });
    copyFileSync(binding, files.binding);
  } else {
    onStep(`Compiling the binding (${binding.version})`);
    await compileBinding(folder, binding);
  }
  rmSync(join(files.libraries, 'include', 'tensorflow'), { recursive: true, force: true });
  for (const name of ['tsl', 'xla']) rmSync(join(files.libraries, 'include', name), { recursive: true, force: true });

  onStep('Testing it');
  writeFileSync(files.check, CHECK_SCRIPT);
  const { tensorflow } = await checkInstallation(folder);
  return {
    variant,
    tensorflow,
    tfjsNode: TFJS_NODE_VERSION,
    wheels,
    binding: typeof binding === 'string' ? binding : binding.version,
    node: process.version,
    bytes: sizeOf(folder),
    installedAt: new Date().toISOString(),
  };
}

function assertBinding(file: string): string {
  const path = resolve(file);
  if (!existsSync(path)) throw new EngineError(`installTensorflow: there is no binding at ${path}.`);
  return path;
}

/** Removes what a killed attempt left behind; the lock ensures that none is running. */
function removeLeftovers(folder: string): void {
  const parent = dirname(folder);
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (path.startsWith(`${folder}.partial-`)) rmSync(path, { recursive: true, force: true });
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
