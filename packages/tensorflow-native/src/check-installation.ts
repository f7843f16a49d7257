import { createRequire } from 'node:module';
import { EngineError } from '@mcore/errors';
import { installedFiles } from './folders.js';
import { launchEnvironment } from './nvidia.js';
import { lastLines, runCommand } from './run-command.js';

/** What a working installation reports. */
export interface CheckReport {
  /** TensorFlow's version. */
  readonly tensorflow: string;
  /** Whether TensorFlow found a GPU it can use. */
  readonly gpu: boolean;
  /** TensorFlow's startup log. With `cuda` it says why there is no GPU. */
  readonly log: string;
}

/**
 * Multiplies two matrices with an installation, in a separate process.
 *
 * @param folder - The installation.
 * @param node - The Node to run it with; default this one.
 * @returns See {@link CheckReport}.
 * @throws {@link EngineError} if it can't be loaded, crashes or gives a wrong product.
 */
export async function checkInstallation(folder: string, node: string = process.execPath): Promise<CheckReport> {
  const core = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core');
  const result = await runCommand(node, [installedFiles(folder).check, core], { env: environmentForChild(folder) });
  const report = parse(result.stdout);
  if (report?.right === true) return { tensorflow: report.tensorflow, gpu: report.gpu, log: result.stderr.trim() };
  const start = `checkInstallation: TensorFlow in ${folder}`;
  if (report !== undefined) {
    throw new EngineError(`${start} computes wrong numbers: expected [19, 22, 43, 50], got [${report.values}].`);
  }
  if (result.failure === 'SIGILL') {
    throw new EngineError(`${start} does not run on this processor, which lacks AVX. Use the engine 'wasm' instead.`);
  }
  const [reason = lastLines(result)] = /^\w*Error: .*$/m.exec(result.stderr) ?? [];
  throw new EngineError(`${start} can't be used: ${reason}`);
}

/** NODE_OPTIONS of this process, such as a test runner's loaders, are not meant for the child. */
function environmentForChild(folder: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  return launchEnvironment(folder, environment);
}

function parse(stdout: string): { right: boolean; values: number[]; tensorflow: string; gpu: boolean } | undefined {
  const line = stdout.split('\n').find((text) => text.startsWith('{"right"'));
  return line === undefined ? undefined : JSON.parse(line);
}
