import { join } from 'node:path';
import { EngineError } from '@mcore/errors';
import { because } from '@mcore/testing/skips';
import { program, temporaryFolder, write } from '@mcore/testing/temporary-folder';
import { describe, expect, it } from 'vitest';
import { assertMachine, assertSpace, findCompiler, findPython, thisMachine } from './requirements.js';

describe('assertMachine', () => {
  const linux = { platform: 'linux', arch: 'x64', glibc: '2.36' };

  it('takes Linux x64 with glibc 2.27 and later', () => {
    expect(() => assertMachine({ ...linux, glibc: '2.27' })).not.toThrow();
    expect(() => assertMachine({ ...linux, glibc: '3.0' })).not.toThrow();
  });

  it.each([
    [
      { ...linux, platform: 'darwin', arch: 'arm64' },
      "installTensorflow: TensorFlow is built for linux-x64 here, got darwin-arm64. Instead, use the engine 'webgpu' or 'wasm'.",
    ],
    [
      { ...linux, glibc: undefined },
      "installTensorflow: TensorFlow needs glibc, and this Node runs on another C library (Alpine's musl?). Use an image of Debian or Ubuntu, or use the engine 'webgpu' or 'wasm' instead.",
    ],
    [
      { ...linux, glibc: '2.17' },
      "installTensorflow: TensorFlow needs glibc 2.27 or later, this system has 2.17. Update the system, or use the engine 'webgpu' or 'wasm' instead.",
    ],
  ])('refuses %o', (machine, message) => {
    expect(() => assertMachine(machine)).toThrow(new EngineError(message));
  });

  it('knows this machine', () => {
    const machine = thisMachine();
    expect(machine.platform).toBe(process.platform);
    if (machine.platform === 'linux') expect(machine.glibc ?? '0.0').toMatch(/^\d+\.\d+/);
  });
});

const onWindows = process.platform === 'win32' ? 'shell scripts stand for Python' : null;

describe.skipIf(onWindows !== null)(`findPython${because(onWindows)}`, () => {
  const python = (folder: string, name: string, pip: string) =>
    program(join(folder, name), `if [ "$1" = --version ]; then echo Python 3.12.1; else ${pip}; fi`);

  it('takes the first Python whose pip is new enough', async () => {
    const folder = temporaryFolder();
    const old = python(folder, 'old', 'echo "pip 19.0.3 from /x (python 3.7)"');
    const good = python(folder, 'good', 'echo "pip 23.2.1 from /x (python 3.11)"');
    expect(await findPython([join(folder, 'absent'), old, good])).toBe(good);
  });

  it('reports a missing Python', async () => {
    await expect(findPython(['/nowhere/python3'])).rejects.toThrow(
      new EngineError(
        "installTensorflow: no Python 3 found (tried /nowhere/python3). pip downloads TensorFlow; any Python 3 with pip will do (Debian, Ubuntu: apt install python3-pip), MCORE_PYTHON names it if it isn't on the PATH.",
      ),
    );
  });

  it('reports a missing pip and an old one', async () => {
    const folder = temporaryFolder();
    const without = python(folder, 'without', 'echo "$0: No module named pip" >&2; exit 1');
    const old = python(folder, 'old', 'echo "pip 19.0.3 from /x (python 3.7)"');
    await expect(findPython([without, old])).rejects.toThrow(
      new EngineError(
        `installTensorflow: downloading TensorFlow needs pip 20.3 or later: ${without} has no pip (${without}: No module named pip); ${old} has pip 19.0.3, too old for these wheels. Install it (Debian, Ubuntu: apt install python3-pip), or create a virtual environment and set MCORE_PYTHON to its python.`,
      ),
    );
  });
});

describe('findCompiler', () => {
  it('takes the first that runs and reads its name', async () => {
    const compiler = program(join(temporaryFolder(), 'g++'), 'echo "g++ (Test) 12.2.0"; echo Copyright');
    expect(await findCompiler(['/nowhere/c++', compiler])).toEqual({ program: compiler, version: 'g++ (Test) 12.2.0' });
  });

  it('says what to install', async () => {
    await expect(findCompiler(['/nowhere/g++', '/nowhere/clang++'])).rejects.toThrow(
      new EngineError(
        'installTensorflow: no C++ compiler found (tried /nowhere/g++, /nowhere/clang++). Install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++) or set CXX, or pass --binding with a tfjs_binding.node that was compiled elsewhere.',
      ),
    );
  });
});

describe('assertSpace', () => {
  it('creates the folder and accepts what fits', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    expect(() => assertSpace(folder, 1)).not.toThrow();
  });

  it('says how much is needed and free', () => {
    const folder = temporaryFolder();
    expect(() => assertSpace(folder, 1e18)).toThrow(
      /^installTensorflow: 1000000000\.0 GB are needed in .*, \d+\.\d GB are free\. Free some, or set XDG_CACHE_HOME to a folder on a larger disk\.$/,
    );
  });

  it('says that the folder cannot be created', () => {
    const file = write(join(temporaryFolder(), 'file'), '');
    expect(() => assertSpace(join(file, 'cache'), 1)).toThrow(
      /^installTensorflow: the cache folder .*cache can't be created: ENOTDIR.* Set XDG_CACHE_HOME to a folder that can be written\.$/,
    );
  });
});
