import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changesSince, measurements } from '../scripts/old-measurements.mjs';
import { root } from '../scripts/packages.mjs';

const all = measurements();

it('every page of evidence says with which command, at which commit and when it was measured', () => {
  const pages = ['benchmark', 'packages', 'parity', 'performance', 'reliability'].map((name) => `docs/${name}.md`);
  const others = [
    'docs/guides/many-machines.md',
    'packages/weights-rendered-dives/README.md',
    'examples/ui-prmd/README.md',
  ];
  const files = new Set(all.map(({ file }) => file));
  expect([...pages, ...others].filter((file) => !files.has(file))).toEqual([]);
});

it.each(all)('$file:$line names code and scripts that exist', ({ command, paths }) => {
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const [, script] = /^node (\S+)/.exec(command) ?? [];
  if (script) expect(existsSync(join(root, script)), script).toBe(true);
});

it('lists the commits that changed the code since', () => {
  const [first] = all;
  expect(changesSince({ ...first!, commit: 'HEAD' })).toEqual([]);
  expect(
    changesSince({ ...first!, commit: '0000000', date: '2000-01-01', paths: ['package.json'] }).length,
  ).toBeGreaterThan(0);
});
