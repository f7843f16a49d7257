import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { because, NOT_BUILT } from '@mcore/testing/skips';
import { afterAll, describe, expect, it } from 'vitest';
import { pack, withDependencies } from '../scripts/pack.mjs';
import { publishedPackages } from '../scripts/packages.mjs';
import { exampleOf, npm, readmeOf, run, trim, unbuiltFiles } from '../scripts/release.mjs';

it('a package is packed with the packages it depends on, and no others', () => {
  const names = (...asked: string[]) => withDependencies(asked).map(({ name }) => name);
  expect(names('@mcore/safetensors')).toEqual(['@mcore/errors', '@mcore/safetensors']);
  expect(names('@mcore/judge')).toContain('@mcore/weights-rendered-dives');
  expect(names('@mcore/judge')).not.toContain('@mcore/training');
  expect(names()).toHaveLength(publishedPackages().length);
  expect(() => names('@mcore/gone')).toThrow(/expected one of @mcore\/.*, got @mcore\/gone\./);
});

const [unbuilt] = unbuiltFiles();
const suffix = because(unbuilt === undefined ? null : NOT_BUILT);

describe.skipIf(unbuilt)(`tarballs of npm run pack${suffix}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-tarballs-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // those with no dependencies but ours, so that the test needs no network
  it.each(['@mcore/metrics', '@mcore/safetensors', '@mcore/pickle'])(
    '%s: installed from them in an empty folder, its example prints what its README says',
    { timeout: 120_000 },
    async (name) => {
      const project = mkdtempSync(join(folder, 'project-'));
      const tarballs = pack(join(project, 'tarballs'), [name]);
      expect(readdirSync(join(project, 'tarballs'))).toHaveLength(withDependencies([name]).length);
      writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
      await npm(project, ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs]);
      const { code, output } = exampleOf(readmeOf(publishedPackages().find((each) => each.name === name)!))!;
      writeFileSync(join(project, 'example.js'), code);
      expect(trim(await run(project, process.execPath, ['example.js']))).toBe(trim(output));
    },
  );
});
