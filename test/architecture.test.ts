import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withArrows } from '../scripts/draw-architecture.mjs';
import { entrySources, root, workspaces } from '../scripts/packages.mjs';
import {
  cyclesOf,
  fileGraph,
  folderGraph,
  isTest,
  reachableFrom,
  sourceFiles,
  specifiersOf,
} from './support/import-graph.js';

it('ARCHITECTURE.md shows the packages and arrows there are (else: node scripts/draw-architecture.mjs)', () => {
  const text = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8');
  expect(text.replaceAll('\r\n', '\n')).toBe(withArrows(text.replaceAll('\r\n', '\n')));
});

it('the command line is thin: under 4,000 lines, as what is more than options and printing belongs in a package', () => {
  const own = sourceFiles().filter((file) => file.startsWith('apps/cli/src/') && !isTest(file));
  const lines = own.map((file) => readFileSync(join(root, file), 'utf8').split('\n').length - 1);
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(4000);
});

describe('imports', () => {
  const files = fileGraph();

  it('the search for cycles finds them', () => {
    const graph = new Map(Object.entries({ a: ['b'], b: ['c', 'd'], c: ['a'], d: ['e'], e: [] }));
    expect(cyclesOf(new Map([...graph].map(([node, next]) => [node, new Set(next)])))).toEqual([['a', 'b', 'c']]);
    expect(files.size).toBeGreaterThan(200);
  });

  it('go in no circle from file to file, types included', () => {
    expect(cyclesOf(files)).toEqual([]);
  });

  it('go in no circle from folder to folder, types included', () => {
    expect(cyclesOf(folderGraph(files))).toEqual([]);
  });

  it("stay out of other packages' sources: packages are imported by name, in tests too", () => {
    const outside = sourceFiles().flatMap((file) => {
      const [group, name] = file.split('/');
      return specifiersOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => join(file, '..', specifier).replaceAll('\\', '/'))
        .filter((target) => /^(packages|apps)\//.test(target) && !target.startsWith(`${group}/${name}/`))
        .map((target) => `${file}: ${target}`);
    });
    expect(outside).toEqual([]);
  });

  it('lead from an entry to every file that is no test: nothing lies there unused', () => {
    const starts = workspaces()
      .filter(({ name }) => name !== '@mcore/testing')
      .flatMap(({ path, directory }) => entrySources(directory).map((entry) => `${path}/${entry}`));
    // vite.config.ts has shipped-weights.ts stand for the weights as a module
    const pages = [...files.keys()].filter((file) =>
      /^apps\/demo\/src\/(main\.tsx|.*\.worker\.ts|judge\/shipped-weights\.ts)$/.test(file),
    );
    const reached = reachableFrom(files, [...starts, ...pages]);
    const unused = [...files.keys()].filter(
      (file) => !reached.has(file) && !file.startsWith('packages/testing/') && !file.endsWith('.d.ts'),
    );
    expect(unused).toEqual([]);
  });

  it('of pages lead to no module of Node: the kernels for processors stay out of browsers', () => {
    for (const entry of ['ops', 'engines', 'model', 'segmenter', 'metrics'].map(
      (name) => `packages/${name}/src/index.ts`,
    )) {
      const reached = [...reachableFrom(files, [entry])];
      expect(reached.filter((file) => file === 'packages/ops/src/native.ts')).toEqual([]);
      const builtin = (specifier: string) => specifier.startsWith('node:') || builtinModules.includes(specifier);
      expect(reached.filter((file) => specifiersOf(file).some(builtin))).toEqual([]);
    }
  });

  it('of tests go to their own package and @mcore/testing, which no other code imports', () => {
    const users = [...files].filter(([, imported]) =>
      [...imported].some((file) => file.startsWith('packages/testing/')),
    );
    expect(
      users.map(([file]) => file).filter((file) => !file.startsWith('packages/testing/') && !isTest(file)),
    ).toEqual([]);
  });
});
