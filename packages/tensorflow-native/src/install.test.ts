import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { because } from '@mcore/testing/skips';
import { temporaryFolder, write } from '@mcore/testing/temporary-folder';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { installFolder } from './folders.js';
import { installTensorflow } from './install.js';
import { findInstallations } from './record.js';
import { assertMachine, findPython } from './requirements.js';
import { uninstallTensorflow } from './uninstall.js';

const python = await findPython().catch(() => undefined);
const unsupported = (() => {
  try {
    assertMachine();
    return python === undefined ? 'there is no Python with pip' : null;
  } catch (error) {
    return (error as Error).message;
  }
})();
const notAsked = process.env.MCORE_TEST_INSTALL === '1' ? null : 'it downloads 0.3 GB (MCORE_TEST_INSTALL=1 runs it)';

afterEach(() => void vi.unstubAllEnvs());

describe.skipIf(unsupported !== null)(`installTensorflow${because(unsupported)}`, () => {
  it('leaves nothing behind when a step fails, and clears what a killed attempt left', async () => {
    const cache = temporaryFolder();
    vi.stubEnv('PIP_INDEX_URL', 'http://127.0.0.1:9/simple');
    vi.stubEnv('PIP_FIND_LINKS', '');
    vi.stubEnv('PIP_RETRIES', '0');
    const binding = write(join(temporaryFolder(), 'tfjs_binding.node'), '');
    write(join(`${installFolder('cpu', cache)}.partial-killed`, 'file'), '');
    const steps: string[] = [];
    await expect(installTensorflow({ cache, binding, onStep: (step) => steps.push(step) })).rejects.toThrow(
      /^installTensorflow: pip could not download tensorflow-cpu==2\.21\.0: the index can't be reached/,
    );
    expect(steps).toEqual(['Downloading tensorflow-cpu==2.21.0 (0.3 GB)']);
    expect(readdirSync(cache)).toEqual([]);
  });

  it('returns an installation that exists', async () => {
    const cache = temporaryFolder();
    const folder = installFolder('cpu', cache);
    write(join(folder, 'install.json'), JSON.stringify({ variant: 'cpu', tensorflow: '2.21.0' }));
    expect(await installTensorflow({ cache })).toEqual({ variant: 'cpu', tensorflow: '2.21.0', folder });
  });

  it('refuses a binding that is not there', async () => {
    await expect(installTensorflow({ cache: temporaryFolder(), binding: '/nowhere/x.node' })).rejects.toThrow(
      'installTensorflow: there is no binding at /nowhere/x.node.',
    );
  });

  it.skipIf(notAsked !== null)(
    `installs for real, and the result passes its test${because(notAsked)}`,
    async () => {
      const cache = temporaryFolder();
      const installation = await installTensorflow({ cache });
      expect(installation).toMatchObject({ variant: 'cpu', tensorflow: '2.21.0', folder: installFolder('cpu', cache) });
      expect(findInstallations(cache)).toEqual([installation]);
      expect(readdirSync(cache)).toEqual(['tensorflow-2.21.0-cpu-tfjs-4.22.0']);
    },
    600_000,
  );
});

describe('uninstallTensorflow', () => {
  it('removes installations of all versions, and nothing else', () => {
    const cache = temporaryFolder();
    write(join(cache, 'tensorflow-2.19.0-cpu-tfjs-4.22.0', 'x'), '');
    write(join(installFolder('cuda', cache), 'x'), '');
    write(join(cache, 'swiftshader-1', 'x'), '');
    expect(uninstallTensorflow({ cache, variant: 'cuda' })).toEqual([installFolder('cuda', cache)]);
    expect(uninstallTensorflow({ cache })).toEqual([join(cache, 'tensorflow-2.19.0-cpu-tfjs-4.22.0')]);
    expect(readdirSync(cache)).toEqual(['swiftshader-1']);
    expect(uninstallTensorflow({ cache: join(cache, 'absent') })).toEqual([]);
    expect(existsSync(cache)).toBe(true);
  });
});
