import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { because } from '@mcore/testing/skips';
import { temporaryFolder, write } from '@mcore/testing/temporary-folder';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DownloadContext, downloadPackage, downloadWheel, explainDownload } from './download.js';
import { findPython } from './requirements.js';
import { runCommand } from './run-command.js';

const python = await findPython().catch(() => undefined);
const missing = python === undefined ? 'there is no Python with pip' : null;

/** Writes a wheel whose files are named by their paths, as PyPI's of TensorFlow are. */
async function writeWheel(folder: string, ...more: string[]): Promise<string> {
  const code = `
import sys, zipfile
texts = {
    'METADATA': 'Metadata-Version: 2.1\\nName: tensorflow-cpu\\nVersion: 0.0.1\\n',
    'WHEEL': 'Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: cp312-cp312-manylinux_2_27_x86_64\\n',
}
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    for name in sys.argv[2:]: z.writestr(name, texts.get(name.split('/')[-1], name))
`;
  const file = join(folder, 'tensorflow_cpu-0.0.1-cp312-cp312-manylinux_2_27_x86_64.whl');
  const info = 'tensorflow_cpu-0.0.1.dist-info';
  const names = [
    'tensorflow/libtensorflow_cc.so.2',
    'tensorflow/include/tensorflow/c/c_api.h',
    'tensorflow/python/keras.py',
    'tensorflow/include/Eigen/Core',
    `${info}/METADATA`,
    `${info}/WHEEL`,
    `${info}/RECORD`,
    ...more,
  ];
  const { status, stderr } = await runCommand(python!, ['-c', code, file, ...names]);
  if (status !== 0) throw new Error(stderr);
  return file;
}

function newContext(): DownloadContext {
  const folder = join(temporaryFolder(), 'download');
  mkdirSync(folder);
  return { python: python ?? 'python3', folder };
}

afterEach(() => void vi.unstubAllEnvs());

describe.skipIf(missing !== null)(`downloadWheel, with the real pip and a local index${because(missing)}`, () => {
  beforeAll(() => void vi.unstubAllEnvs());
  const wheel = { requirement: 'tensorflow-cpu==0.0.1', bytes: 0, unpackedBytes: 0 };

  it('asks for the wheel by tag, whatever the local Python is, and keeps libraries, headers and licence data', async () => {
    const folder = temporaryFolder();
    await writeWheel(folder);
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', folder);
    const into = join(temporaryFolder(), 'into');
    const context = newContext();
    expect(await downloadWheel(wheel, into, context)).toBe(
      'tensorflow_cpu-0.0.1-cp312-cp312-manylinux_2_27_x86_64.whl',
    );
    expect(readFileSync(join(into, 'tensorflow/libtensorflow_cc.so.2'), 'utf8')).toBe(
      'tensorflow/libtensorflow_cc.so.2',
    );
    expect(existsSync(join(into, 'tensorflow/include/tensorflow/c/c_api.h'))).toBe(true);
    expect(existsSync(join(into, 'tensorflow_cpu-0.0.1.dist-info/METADATA'))).toBe(true);
    expect(existsSync(join(into, 'tensorflow/python'))).toBe(false);
    expect(existsSync(join(into, 'tensorflow/include/Eigen'))).toBe(false);
    expect(existsSync(join(context.folder, 'wheel'))).toBe(false);
  });

  it('refuses a file with another hash', async () => {
    const folder = temporaryFolder();
    await writeWheel(folder);
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', folder);
    const failure = downloadWheel({ ...wheel, sha256: '0'.repeat(64) }, join(folder, 'into'), newContext());
    await expect(failure).rejects.toThrow(
      /^installTensorflow: pip could not download tensorflow-cpu==0\.0\.1: the file is not the one that TensorFlow published \(its SHA-256 differs\)\. Something on the way, such as a proxy, changed it\. pip said:/,
    );
  });

  it('says that the index cannot be reached', async () => {
    vi.stubEnv('PIP_INDEX_URL', 'http://127.0.0.1:9/simple');
    vi.stubEnv('PIP_FIND_LINKS', '');
    vi.stubEnv('PIP_RETRIES', '0');
    await expect(downloadWheel(wheel, '/nowhere', newContext())).rejects.toThrow(
      /^installTensorflow: pip could not download tensorflow-cpu==0\.0\.1: the index can't be reached, or doesn't have it\. Check the network, and the proxy or mirror in pip's configuration\. pip said:/,
    );
  });

  it('refuses an archive whose names lead out of the folder', async () => {
    const folder = temporaryFolder();
    await writeWheel(folder, 'tensorflow/include/tensorflow/c/../../../../../escaped');
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', folder);
    await expect(downloadWheel(wheel, join(folder, 'a', 'into'), newContext())).rejects.toThrow(
      /unpacking said:\nunsafe path in archive: tensorflow\/include\/tensorflow\/c\/\.\.\/\.\.\/\.\.\/\.\.\/\.\.\/escaped$/,
    );
    expect(existsSync(join(folder, 'a', 'escaped'))).toBe(false);
  });
});

describe.skipIf(missing !== null)(`downloadPackage, with the real npm${because(missing)}`, () => {
  it('unpacks the files of a package', async () => {
    const source = temporaryFolder();
    write(join(source, 'package.json'), '{ "name": "local", "version": "1.2.3" }');
    write(join(source, 'dist', 'index.js'), 'module.exports = 1;');
    const into = join(temporaryFolder(), 'into');
    const context = newContext();
    await downloadPackage(source, into, context);
    expect(readFileSync(join(into, 'dist', 'index.js'), 'utf8')).toBe('module.exports = 1;');
    expect(JSON.parse(readFileSync(join(into, 'package.json'), 'utf8'))).toMatchObject({ version: '1.2.3' });
  });

  it('says that the registry cannot be reached', async () => {
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9');
    vi.stubEnv('npm_config_fetch_retries', '0');
    vi.stubEnv('npm_config_prefer_online', 'true');
    await expect(downloadPackage('mcore-no-such-package@1.0.0', '/nowhere', newContext())).rejects.toThrow(
      /^installTensorflow: npm could not download mcore-no-such-package@1\.0\.0: the index can't be reached, or doesn't have it\. Check the network, and the proxy or mirror in npm's configuration\. npm said:/,
    );
  });
});

describe('explainDownload', () => {
  const result = (stderr: string, failure?: string) => ({
    status: 1,
    stdout: '',
    stderr,
    ...(failure === undefined ? {} : { failure }),
  });

  it('recognizes a full disk', () => {
    const error = explainDownload(
      'x==1',
      'pip',
      result('ERROR: Could not install: [Errno 28] No space left on device'),
    );
    expect(error.message).toBe(
      'installTensorflow: pip could not download x==1: the disk is full. Free some space, or set XDG_CACHE_HOME and TMPDIR to a larger disk. pip said:\nERROR: Could not install: [Errno 28] No space left on device',
    );
  });

  it('recognizes a missing npm', () => {
    expect(explainDownload('x@1', 'npm', result('', 'ENOENT')).message).toBe(
      'installTensorflow: npm could not download x@1: npm is not on the PATH. Install it, or run this through npx.',
    );
  });

  it('passes on what it does not recognize', () => {
    expect(explainDownload('x==1', 'pip', result('ERROR: something new')).message).toBe(
      'installTensorflow: pip could not download x==1. pip said:\nERROR: something new',
    );
  });
});
