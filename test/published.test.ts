import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { because, NOT_BUILT } from '@mcore/testing/skips';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promisedFiles, publishedPackages, root } from '../scripts/packages.mjs';
import { unbuiltFiles } from '../scripts/release.mjs';

/** What npm says of a package that it packed. */
interface Packed {
  name: string;
  filename: string;
  files: { path: string; size: number }[];
}

const packages = publishedPackages();
const skipped = unbuiltFiles().length > 0;
const title = `what would be published${because(skipped ? NOT_BUILT : null)}`;

describe.skipIf(skipped)(title, () => {
  let folder: string;
  let packed: Map<string, Packed>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mcore-pack-'));
    const names = packages.map(({ name }) => `--workspace=${name}`);
    const npm = process.env.npm_execpath;
    const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', `--pack-destination=${folder}`, ...names];
    const output = npm
      ? execFileSync(process.execPath, [npm, ...args], { cwd: root, encoding: 'utf8' })
      : execFileSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
    const entries: Packed[] = Object.values(JSON.parse(output));
    packed = new Map(entries.map((entry) => [entry.name, entry]));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const tarballOf = (name: string) => {
    const { filename } = packed.get(name)!;
    return readFileSync(join(folder, filename.replace('@', '').replace('/', '-')));
  };

  describe.each(packages)('$name', ({ name, json }) => {
    it('holds its licence, its README and what package.json promises, but no tests and no sources', () => {
      const files = packed.get(name)!.files.map(({ path }) => path);
      for (const expected of ['LICENSE', 'README.md', 'package.json', ...promisedFiles(json)]) {
        expect(files).toContain(expected.replace(/^\.\//, ''));
      }
      expect(
        files.filter((path) => /^(src|test|scripts|node_modules)\/|\.test\.|__fixtures__|\.map$/.test(path)),
      ).toEqual([]);
    });

    it('is clean by publint --strict', async () => {
      const { buffer, byteOffset, byteLength } = tarballOf(name);
      const tarball = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
      const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
      expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
    });

    if (json.exports)
      it('has types that resolve under node16 and bundler, as attw --profile esm-only checks', async () => {
        const result = await checkPackage(createPackageFromTarballData(tarballOf(name)));
        expect(result.types).toEqual({ kind: 'included' });
        // the profile: CommonJS and the resolution from before package.json had exports are not offered
        const problems = 'problems' in result ? result.problems : [];
        const offered = problems.filter(
          (problem) => !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
        );
        expect(offered).toEqual([]);
      });
  });
});
