import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root, workspaces } from '../scripts/packages.mjs';

/** Codes that the sources of packages and applications name. */
function codesInSources(): string[] {
  const texts = workspaces()
    .filter(({ path }) => path !== 'packages/testing')
    .flatMap(({ directory }) =>
      readdirSync(join(directory, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
        .map((file) => readFileSync(join(directory, 'src', file), 'utf8')),
    );
  return [...new Set(texts.flatMap((text) => text.match(/\bERR_MCORE_[A-Z_]+\b/g) ?? []))].sort();
}

it('docs/reference/errors.md has every code, in order, with its cause and what to do, and no other', () => {
  const page = readFileSync(join(root, 'docs', 'reference', 'errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(ERR_MCORE_[A-Z_]+)` \| (\S.*\S) \| (\S.*\S) \|$/gm)];
  expect(rows.map(([, code]) => code)).toEqual(codesInSources());
});
