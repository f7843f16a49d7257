import { mkdirSync, statfsSync } from 'node:fs';
import { EngineError } from '@mcore/errors';
import { lastLines, runCommand, succeeded } from './run-command.js';

/** Oldest glibc that the wheels run on: their tag is manylinux_2_27. */
const OLDEST_GLIBC = [2, 27] as const;

/** Oldest pip that knows platform tags such as manylinux_2_27. */
const OLDEST_PIP = [20, 3] as const;

/** What is known about the machine; a parameter, so that every error can be tested. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Version of glibc, `undefined` with another C library such as musl. */
  readonly glibc: string | undefined;
}

/** This machine. */
export function thisMachine(): Machine {
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return { platform: process.platform, arch: process.arch, glibc: header.glibcVersionRuntime };
}

/**
 * Checks that TensorFlow's wheels run here.
 *
 * @throws {@link EngineError} on other platforms than Linux x64, with musl, and with an old glibc.
 */
export function assertMachine(machine: Machine = thisMachine()): void {
  const { platform, arch, glibc } = machine;
  const instead = "use the engine 'webgpu' or 'wasm' instead.";
  if (platform !== 'linux' || arch !== 'x64') {
    throw new EngineError(
      `installTensorflow: TensorFlow is built for linux-x64 here, got ${platform}-${arch}. Instead, use the engine 'webgpu' or 'wasm'.`,
    );
  }
  if (glibc === undefined) {
    throw new EngineError(
      `installTensorflow: TensorFlow needs glibc, and this Node runs on another C library (Alpine's musl?). Use an image of Debian or Ubuntu, or ${instead}`,
    );
  }
  if (isOlder(glibc, OLDEST_GLIBC)) {
    throw new EngineError(
      `installTensorflow: TensorFlow needs glibc ${OLDEST_GLIBC.join('.')} or later, this system has ${glibc}. Update the system, or ${instead}`,
    );
  }
}

/**
 * Finds a Python 3 that has pip.
 *
 * @param candidates - Programs to try, in order.
 * @returns The first that works.
 * @throws {@link EngineError} that distinguishes a missing Python from a missing or old pip.
 */
export async function findPython(
  candidates: readonly string[] = process.env.MCORE_PYTHON ? [process.env.MCORE_PYTHON] : ['python3', 'python'],
): Promise<string> {
  const problems: string[] = [];
  for (const python of candidates) {
    const version = await runCommand(python, ['--version']);
    if (!succeeded(version)) continue;
    const pip = await runCommand(python, ['-m', 'pip', '--version']);
    const found = /^pip (\d+\.[\d.]+)/.exec(pip.stdout)?.[1];
    if (!succeeded(pip) || found === undefined) problems.push(`${python} has no pip (${lastLines(pip, 1)})`);
    else if (isOlder(found, OLDEST_PIP)) problems.push(`${python} has pip ${found}, too old for these wheels`);
    else return python;
  }
  if (problems.length > 0) {
    throw new EngineError(
      `installTensorflow: downloading TensorFlow needs pip ${OLDEST_PIP.join('.')} or later: ${problems.join('; ')}. Install it (Debian, Ubuntu: apt install python3-pip), or create a virtual environment and set MCORE_PYTHON to its python.`,
    );
  }
  throw new EngineError(
    `installTensorflow: no Python 3 found (tried ${candidates.join(', ')}). pip downloads TensorFlow; any Python 3 with pip will do (Debian, Ubuntu: apt install python3-pip), MCORE_PYTHON names it if it isn't on the PATH.`,
  );
}

/** A C++ compiler. */
export interface Compiler {
  readonly program: string;
  /** First line of `--version`. */
  readonly version: string;
}

/**
 * Finds a C++ compiler.
 *
 * @param candidates - Programs to try, in order.
 * @returns The first that runs.
 * @throws {@link EngineError} if none of them runs.
 */
export async function findCompiler(
  candidates: readonly string[] = process.env.CXX ? [process.env.CXX] : ['g++', 'c++', 'clang++'],
): Promise<Compiler> {
  for (const program of candidates) {
    const result = await runCommand(program, ['--version']);
    if (succeeded(result)) return { program, version: result.stdout.split('\n')[0]! };
  }
  throw new EngineError(
    `installTensorflow: no C++ compiler found (tried ${candidates.join(', ')}). Install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++) or set CXX, or pass --binding with a tfjs_binding.node that was compiled elsewhere.`,
  );
}

/**
 * Checks that the files will fit.
 *
 * @param folder - Where they go; it is created.
 * @param bytes - What is needed.
 * @throws {@link EngineError} if less is free, or the folder can't be created.
 */
export function assertSpace(folder: string, bytes: number): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new EngineError(
      `installTensorflow: the cache folder ${folder} can't be created: ${(cause as Error).message}. Set XDG_CACHE_HOME to a folder that can be written.`,
      { cause },
    );
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes) {
    throw new EngineError(
      `installTensorflow: ${gigabytes(bytes)} are needed in ${folder}, ${gigabytes(bavail * bsize)} are free. Free some, or set XDG_CACHE_HOME to a folder on a larger disk.`,
    );
  }
}

/** `1.3 GB`. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a < major || (a === major && b < minor);
}
