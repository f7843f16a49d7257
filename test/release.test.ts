import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { because, NOT_BUILT } from '@mcore/testing/skips';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry } from '../scripts/local-registry.mjs';
import { publishedPackages } from '../scripts/packages.mjs';
import { emptyProject, exampleOf, npm, readmeOf, releaseInto, run, trim, unbuiltFiles } from '../scripts/release.mjs';

const [unbuilt] = unbuiltFiles();
const suffix = because(unbuilt === undefined ? null : NOT_BUILT);

describe.skipIf(unbuilt)(`a release to a registry in memory${suffix}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-release-test-'));
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  let released: Awaited<ReturnType<typeof releaseInto>>;

  beforeAll(async () => {
    registry = await startRegistry();
    released = await releaseInto(folder, registry.url);
  }, 300_000);
  afterAll(async () => {
    await registry?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('publishes every package once, under the version its changesets make', () => {
    expect(registry.published().sort()).toEqual([...released].map(([name, { after }]) => `${name}@${after}`).sort());
    expect([...released.keys()].sort()).toEqual(
      publishedPackages()
        .map(({ name }) => name)
        .sort(),
    );
    for (const [name, { before, after }] of released) expect(after, name).not.toBe(before);
  });

  it('writes a changelog for each, with its version on top', () => {
    for (const [name, { after, changelog }] of released) {
      expect(changelog).toMatch(new RegExp(`^# ${name.replace('/', '\\/')}\n\n## ${after.replaceAll('.', '\\.')}\n`));
    }
  });

  // those with no dependencies but ours: nothing comes from any other registry
  it.each(['@mcore/metrics', '@mcore/safetensors', '@mcore/pickle', '@mcore/tasks'])(
    '%s: installed from there, alone in an empty project, its example prints what its README says',
    { timeout: 120_000 },
    async (name) => {
      const library = publishedPackages().find((each) => each.name === name)!;
      const project = join(folder, name.replace('/', '-'));
      emptyProject(project, registry.url);
      await npm(project, ['install', '--no-audit', '--no-fund', '--loglevel=error', name]);
      const example = exampleOf(readmeOf(library))!;
      writeFileSync(join(project, 'example.js'), example.code);
      expect(trim(await run(project, process.execPath, ['example.js']))).toBe(trim(example.output));
    },
  );
});
