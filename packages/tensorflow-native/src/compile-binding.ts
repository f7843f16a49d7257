import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EngineError } from '@mcore/errors';
import { installedFiles } from './folders.js';
import type { Compiler } from './requirements.js';
import { lastLines, runCommand, succeeded } from './run-command.js';

/**
 * Compiles tfjs-node's binding, unmodified, against the libraries of the wheel. It is N-API 8, so one binding serves all
 * versions of Node from 12.22. The C++ runtime is linked dynamically: TensorFlow uses the system's too, and two copies
 * in one process break exceptions.
 *
 * @param folder - The installation; has `tensorflow/` with its headers and `tfjs-node/` with its source.
 * @param compiler - See `findCompiler`.
 * @throws {@link EngineError} with the compiler's output.
 */
export async function compileBinding(folder: string, compiler: Compiler): Promise<void> {
  const { binding, libraries, tfjsNode } = installedFiles(folder);
  mkdirSync(dirname(binding), { recursive: true });
  const result = await runCommand(compiler.program, [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-s', '-DNAPI_VERSION=8'],
    `-I${nodeApiHeaders()}`,
    `-I${join(libraries, 'include')}`,
    join(tfjsNode, 'binding', 'tfjs_backend.cc'),
    join(tfjsNode, 'binding', 'tfjs_binding.cc'),
    join(libraries, 'libtensorflow_cc.so.2'),
    join(libraries, 'libtensorflow_framework.so.2'),
    '-Wl,-rpath,$ORIGIN/../tensorflow', // found wherever the folder is
    ...['-o', binding],
  ]);
  if (!succeeded(result)) {
    throw new EngineError(
      `installTensorflow: ${compiler.version} could not compile the binding; g++ 8 or later with its C++ headers is needed. It said:\n${lastLines(result, 12)}`,
    );
  }
}

/** Headers of N-API, from npm. */
function nodeApiHeaders(): string {
  const folder = join(dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include');
  if (!existsSync(join(folder, 'node_api.h'))) {
    throw new EngineError(`installTensorflow: the npm package node-api-headers has no ${join(folder, 'node_api.h')}.`);
  }
  return folder;
}
