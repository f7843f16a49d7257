import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { findPython } from '@mcore/testing/python';
import { because } from '@mcore/testing/skips';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensorsFile, writeSafetensorsFile } from './node.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mcore-safetensors-'));
});
afterAll(() => rm(directory, { recursive: true }));

const tensors = { a: { dtype: 'F32', shape: [2], data: Float32Array.of(1, -2) } } as const;

describe('files', () => {
  it('are written and read back, and replace an older one, leaving nothing else behind', async () => {
    const path = join(directory, 'weights.safetensors');
    await writeFile(path, 'older');
    await writeSafetensorsFile(path, tensors, { epoch: '3' });
    const read = await readSafetensorsFile(path);
    expect(read.tensors).toEqual(new Map([['a', tensors.a]]));
    expect({ ...read.metadata }).toEqual({ epoch: '3' });
    expect(await readdir(directory)).toEqual(['weights.safetensors']);
  });

  it('stay as they were when writing fails', async () => {
    const path = join(directory, 'kept');
    await writeFile(path, 'older');
    const wrong = { a: { ...tensors.a, shape: [3] } };
    await expect(writeSafetensorsFile(path, wrong)).rejects.toThrow(
      'writeSafetensors: "a" of shape [3] must have 3 elements, got 2.',
    );
    expect(await readFile(path, 'utf8')).toBe('older');
    await rm(path);
  });

  it('leave no temporary file behind when the rename fails', async () => {
    const before = await readdir(directory);
    await expect(writeSafetensorsFile(directory, tensors)).rejects.toThrow();
    await expect(writeSafetensorsFile(join(directory, 'missing', 'file'), tensors)).rejects.toThrow('ENOENT');
    expect(await readdir(directory)).toEqual(before);
    expect((await readdir(tmpdir())).filter((name) => name.endsWith('.tmp') && name.includes('mcore'))).toEqual([]);
  });

  it('name themselves in errors', async () => {
    const path = join(directory, 'broken');
    await writeFile(path, 'short');
    await expect(readSafetensorsFile(path)).rejects.toThrow(
      new DataError(`readSafetensorsFile: ${path}: readSafetensors: a file must have at least 8 bytes, got 5.`),
    );
    await expect(readSafetensorsFile(path, { maxFileBytes: 4 })).rejects.toThrow(
      new DataError(`readSafetensorsFile: ${path} must have at most 4 bytes, got 5.`),
    );
    const missing = join(directory, 'nothing');
    await expect(readSafetensorsFile(missing)).rejects.toThrow(
      new DataError(
        `readSafetensorsFile: expected a readable file, got ENOENT: no such file or directory, stat '${missing}'.`,
      ),
    );
  });
});

describe('the official library', () => {
  const { python, missing } = findPython(['safetensors', 'numpy']);

  it.skipIf(missing !== null)(`reads what this package writes${because(missing)}`, async () => {
    const path = join(directory, 'for-python.safetensors');
    await writeSafetensorsFile(
      path,
      {
        'é.weight': { dtype: 'F32', shape: [2, 1], data: Float32Array.of(0.5, -3) },
        half: { dtype: 'F16', shape: [1], data: Uint16Array.of(0x3c00) },
        steps: { dtype: 'I64', shape: [], data: BigInt64Array.of(2n ** 53n + 1n) },
        flag: { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) },
        none: { dtype: 'U8', shape: [0, 4], data: new Uint8Array(0) },
      },
      { preset: 'paper', text: '"quoted"\n水' },
    );
    const script = `
import json, sys, safetensors
with safetensors.safe_open(sys.argv[1], framework="np") as file:
    print(json.dumps([file.metadata(), {name: [str(file.get_tensor(name).dtype), list(file.get_tensor(name).shape),
        [str(value) for value in file.get_tensor(name).ravel().tolist()]] for name in file.keys()}]))`;
    expect(JSON.parse(execFileSync(python!, ['-c', script, path], { encoding: 'utf8' }))).toEqual([
      { preset: 'paper', text: '"quoted"\n水' },
      {
        'é.weight': ['float32', [2, 1], ['0.5', '-3.0']],
        half: ['float16', [1], ['1.0']],
        steps: ['int64', [], ['9007199254740993']],
        flag: ['bool', [3], ['True', 'False', 'True']],
        none: ['uint8', [0, 4], []],
      },
    ]);
  });
});
