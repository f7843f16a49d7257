import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { missingPackages } from '../scripts/set-up.mjs';

it('finds packages that were deleted after npm installed them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-set-up-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(missingPackages(folder)).toBeUndefined();
  const install = (path: string) => {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, 'package.json'), '{}');
  };
  for (const path of ['node_modules/a', 'node_modules/a/node_modules/b', 'packages/c']) install(path);
  const names = ['node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/d', 'packages/c'];
  const list = { packages: Object.fromEntries(names.map((name) => [name, {}])) };
  writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify(list));
  expect(missingPackages(folder)).toEqual(['node_modules/d']);
  install('node_modules/d');
  expect(missingPackages(folder)).toEqual([]);
  rmSync(join(folder, 'node_modules', 'a'), { recursive: true });
  expect(missingPackages(folder)).toEqual(['node_modules/a', 'node_modules/a/node_modules/b']);
});
