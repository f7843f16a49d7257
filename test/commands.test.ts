import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { because } from '@mcore/testing/skips';
import { afterAll, describe, expect, it } from 'vitest';
import { createProgram } from '../apps/cli/src/program.js';
import { root } from '../scripts/packages.mjs';
import { exampleOf, PAGES, runCommands } from '../scripts/site/examples.mjs';
import { missingBuild } from './support/run-example.js';

/** Text without numbers and the width of columns, which depend on engine and processor. */
function shape(text: string): string {
  return text
    .replace(/-?\d+(?:[.,]\d+)*/g, '#')
    .replace(/[─-]{2,}/g, '-')
    .replace(/[ \t]+/g, ' ')
    .replace(/ *\n */g, '\n')
    .trim();
}

it('every command has a page in docs/commands, and no page is left of a command that is gone', () => {
  const program = createProgram();
  const visible = program.createHelp().visibleCommands(program);
  const names = visible.map((command) => command.name());
  const files = readdirSync(join(root, 'docs', 'commands')).map((file) => file.replace(/\.md$/, ''));
  expect(files.sort()).toEqual(names.filter((name) => name !== 'help').sort());
  expect([...PAGES].sort()).toEqual(files.sort());
});

const reason = process.platform === 'win32' ? 'there is no sh' : missingBuild();

describe.skipIf(reason !== null)(
  `examples of commands print what the pages say, numbers aside${because(reason)}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcore-commands-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    // in order: later examples use files of earlier ones
    for (const name of PAGES) {
      const { commands, output, notRun, varies } = exampleOf(name);
      if (notRun !== undefined) it.skip(`${name}${because(notRun)}`, () => undefined);
      else
        it(name, { timeout: 240_000 }, () => {
          const printed = runCommands(commands, folder);
          expect(printed).not.toBe('');
          if (output && !varies) expect(shape(printed)).toBe(shape(output));
        });
    }
    it('leaves the files that the pages promise', () => {
      for (const file of ['runs/quickstart/report.html', 'first.csv', 'bank.safetensors', 'benchmark.html', 'onnx'])
        expect(existsSync(join(folder, file)), file).toBe(true);
    });
  },
);
