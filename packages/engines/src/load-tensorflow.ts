import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import { EngineError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { LoadedEngine } from './choose-engine.js';
import { loadGradients } from './load-browser.js';

/** tfjs-node packages a program may have installed itself, the faster first. */
const TFJS_NODE_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** A tfjs-node that the user installed, found from the folder the program was started in. */
interface TfjsNodePackage {
  readonly name: string;
  /** Path of its entry file. */
  readonly entry: string;
}

/**
 * Finds a tfjs-node that the user installed.
 *
 * @param folder - Where the search for `node_modules` starts.
 * @returns Installed packages, the faster first. They may still fail to load.
 */
export function findTfjsNode(folder: string = process.cwd()): readonly TfjsNodePackage[] {
  const { resolve } = createRequire(join(folder, 'package.json'));
  return TFJS_NODE_PACKAGES.flatMap((name) => {
    try {
      return [{ name, entry: resolve(name) }];
    } catch {
      return [];
    }
  });
}

/**
 * libtensorflow: the user's own tfjs-node, else the build that `mcore-tensorflow install` made.
 *
 * @throws {@link EngineError} that says why neither works.
 */
export async function loadTensorflow(): Promise<LoadedEngine> {
  await loadGradients();
  if (tf.findBackendFactory('tensorflow') !== null) return { description: describe('registered by the program') };
  const problems: string[] = [];
  for (const candidate of findTfjsNode()) {
    try {
      return loadTfjsNode(candidate);
    } catch (error) {
      problems.push(`${candidate.name} is installed but can't be loaded: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  try {
    const native = await import('@mcore/tensorflow-native');
    const { tensorflow, variant, gpu } = native.loadTensorflow();
    const cores = `on ${cpus().length} processor cores`;
    const device = gpu ? 'on the GPU' : variant === 'cuda' ? `with CUDA, but without a GPU, ${cores}` : cores;
    return { description: `TensorFlow ${tensorflow} ${device} (mcore-tensorflow, tfjs ${tf.version_core})` };
  } catch (error) {
    problems.push((error as Error).message.replace(/^\w+: /, ''));
  }
  throw new EngineError(`useEngine: 'tensorflow' is not available: ${problems.map(asSentence).join(' ')}`);
}

/** Requires a tfjs-node, which registers its backend and makes it current. */
function loadTfjsNode({ name, entry }: TfjsNodePackage): LoadedEngine {
  const previous = tf.engine().backendName;
  restoreUtil();
  const { version } = withoutRegistryWarnings(
    () => createRequire(entry)(entry) as { version?: Record<string, string> },
  );
  if (tf.findBackendFactory('tensorflow') === null) {
    throw new EngineError('it registered no backend');
  }
  if (previous) tf.setBackend(previous);
  return { description: describe(`${name} ${version?.['tfjs-node'] ?? ''}`.trim()) };
}

/**
 * Where the program and tfjs-node have each their own copy of tfjs, the second copy warns about hundreds of kernels that
 * the first has registered. The registry and the engine are global, so one copy's backend serves the other's tensors.
 */
function withoutRegistryWarnings<T>(load: () => T): T {
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    if (!/already (been set|registered)/.test(String(words[0]))) warn(...words);
  };
  try {
    return load();
  } finally {
    console.warn = warn;
  }
}

/** tfjs-node 4.22 calls a function of `util` that Node 23 removed. */
function restoreUtil(): void {
  const mutable = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  mutable.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function describe(origin: string): string {
  const backend = tf.findBackend('tensorflow') as unknown as { binding?: { TF_Version?: string } } | null;
  const version = backend?.binding?.TF_Version;
  return `TensorFlow ${version === undefined ? '' : `${version} `}(${origin})`;
}
