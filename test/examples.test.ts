import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { because } from '@mcore/testing/skips';
import { describe, expect, it } from 'vitest';
import { publishedPackages, root } from '../scripts/packages.mjs';
import { markdownExamples } from './support/markdown-examples.js';
import { missingBuild, runExample, trimLines } from './support/run-example.js';

const unbuilt = missingBuild();
const suffix = because(unbuilt);

const libraries = publishedPackages().filter(({ json }) => json.exports);
const guides = join(root, 'docs', 'guides');
const files = [
  ...readdirSync(join(root, 'docs', 'reference')).map((file) => join(root, 'docs', 'reference', file)),
  ...libraries.map(({ directory }) => join(directory, 'README.md')),
  ...readdirSync(guides)
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(guides, file)),
];

describe(`examples print what the text says${suffix}`, () => {
  for (const file of files) {
    const place = relative(root, file);
    for (const { line, code, output, notRun } of existsSync(file) ? markdownExamples(readFileSync(file, 'utf8')) : []) {
      const title = `${place}:${line}`;
      if (notRun !== undefined) it.skip(`${title}${because(notRun)}`, () => undefined);
      else if (output !== undefined) {
        it.skipIf(unbuilt !== null)(title, { timeout: 200_000 }, async () => {
          expect(await runExample(code)).toBe(trimLines(output));
        });
      }
    }
  }
});

it('every library has an example in its README, with its output or the reason why it is not run', () => {
  const without = libraries.filter(({ directory }) => {
    const readme = join(directory, 'README.md');
    const [first] = existsSync(readme) ? markdownExamples(readFileSync(readme, 'utf8')) : [];
    return first === undefined || (first.output === undefined && first.notRun === undefined);
  });
  expect(without.map(({ path }) => path)).toEqual([]);
});

it('guides show no JavaScript that is neither run nor marked with a reason', () => {
  const unchecked = files
    .filter((file) => file.startsWith(join(root, 'docs')))
    .flatMap((file) =>
      markdownExamples(readFileSync(file, 'utf8'))
        .filter(({ output, notRun }) => output === undefined && notRun === undefined)
        .map(({ line }) => `${relative(root, file)}:${line}`),
    );
  expect(unchecked).toEqual([]);
});
