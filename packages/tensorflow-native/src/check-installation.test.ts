import { join } from 'node:path';
import { EngineError } from '@mcore/errors';
import { temporaryFolder, write } from '@mcore/testing/temporary-folder';
import { describe, expect, it } from 'vitest';
import { checkInstallation } from './check-installation.js';
import { diagnoseTensorflow } from './diagnose.js';
import { installFolder } from './folders.js';
import { findInstallations } from './record.js';

const broken = (code: string) => {
  const folder = temporaryFolder();
  write(join(folder, 'check.cjs'), code);
  return folder;
};

describe('checkInstallation', () => {
  it('reports a crash caused by the processor', async () => {
    const folder = broken("process.kill(process.pid, 'SIGILL'); setTimeout(() => {}, 1e4)");
    await expect(checkInstallation(folder)).rejects.toThrow(
      new EngineError(
        `checkInstallation: TensorFlow in ${folder} does not run on this processor, which lacks AVX. Use the engine 'wasm' instead.`,
      ),
    );
  });

  it('reports wrong numbers', async () => {
    const folder = broken(
      `console.log(JSON.stringify({ right: false, values: [19, 22, 43, 51] })); process.exitCode = 1`,
    );
    await expect(checkInstallation(folder)).rejects.toThrow(
      new EngineError(
        `checkInstallation: TensorFlow in ${folder} computes wrong numbers: expected [19, 22, 43, 50], got [19,22,43,51].`,
      ),
    );
  });

  it('passes on why it could not be loaded', async () => {
    const folder = broken("throw new Error('libtensorflow_cc.so.2: cannot open shared object file')");
    await expect(checkInstallation(folder)).rejects.toThrow(
      new EngineError(
        `checkInstallation: TensorFlow in ${folder} can't be used: Error: libtensorflow_cc.so.2: cannot open shared object file`,
      ),
    );
  });
});

describe('diagnoseTensorflow', () => {
  it('says how to install where nothing is', async () => {
    const diagnosis = await diagnoseTensorflow(temporaryFolder());
    expect(diagnosis.installations).toEqual([]);
    if (diagnosis.supported) {
      expect(diagnosis.message).toBe(
        'not installed: npx mcore-tensorflow install gets it (0.3 GB to download, 0.9 GB on disk)',
      );
    }
  });

  it('lists an installation that does not work, and leaves out folders without a record', async () => {
    const cache = temporaryFolder();
    const folder = installFolder('cpu', cache);
    write(join(folder, 'install.json'), JSON.stringify({ variant: 'cpu', bytes: 5 }));
    write(join(folder, 'check.cjs'), "throw new Error('no library')");
    write(join(installFolder('cuda', cache), 'check.cjs'), '');
    expect(findInstallations(cache).map(({ variant }) => variant)).toEqual(['cpu']);
    const [installation] = (await diagnoseTensorflow(cache)).installations;
    expect(installation).toMatchObject({ variant: 'cpu', folder, bytes: 5, works: false });
    expect(installation!.message).toContain('no library');
  });
});
