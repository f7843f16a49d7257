import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { afterAll, expect, it } from 'vitest';
import { weightsFiles } from './weights-files.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-weights-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('takes patterns where the shell has not, sorted, and paths as they are, brackets and all', async () => {
  for (const name of ['seed-2', 'seed-1', 'other', 'a [b]']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'best.safetensors'), '');
  }
  const files = await weightsFiles([
    join(folder, 'seed-*', 'best.safetensors'),
    join(folder, 'a [b]', 'best.safetensors'),
    join(folder, 'not there.safetensors'),
  ]);
  const relative = files.map((path) => path.replaceAll('\\', '/').split('/').slice(-2).join('/'));
  expect(relative.slice(0, 3)).toEqual([
    'seed-1/best.safetensors',
    'seed-2/best.safetensors',
    'a [b]/best.safetensors',
  ]);
  expect(relative[3]).toMatch(/not there\.safetensors$/);
  await expect(weightsFiles([join(folder, 'run-*')])).rejects.toThrow(
    new DataError(`expected checkpoints that fit ${join(folder, 'run-*')}, got none.`),
  );
});
