import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from '../packages.mjs';

/**
 * The examples of docs/commands. They run one after another in one folder, since later ones use files of earlier ones.
 * `node scripts/site/examples.mjs` runs them and writes what they print into the pages; test/commands.test.ts compares. With names of pages it
 * runs only those, and `--folder DIR` keeps the folder, so that later calls find the files of earlier ones.
 */
export const PAGES = [
  ...['doctor', 'data', 'score', 'merge', 'train', 'eval', 'compare', 'average', 'bank', 'export'],
  ...['benchmark', 'report', 'pretrain', 'quickstart', 'bench', 'import', 'queue', 'find'],
];

/** A block of commands, a text in between, a block of output. */
const EXAMPLE =
  /(```sh\n)([\s\S]*?)(```\n(?:\nprints[^\n]*\n\n)?)((?:<!-- varies: .*? -->\n)?)(?:(```text\n)([\s\S]*?)(```))?/;

/** @param {string} name */
export function pageOf(name) {
  return join(root, 'docs', 'commands', `${name}.md`);
}

/**
 * The example of a command's page.
 *
 * @param {string} name
 * @returns {{ commands: string, output: string | undefined, notRun: string | undefined, varies: boolean }}
 */
export function exampleOf(name) {
  const text = readFileSync(pageOf(name), 'utf8');
  const [, , commands, , varies, , output] = EXAMPLE.exec(text) ?? [];
  if (commands === undefined) throw new Error(`docs/commands/${name}.md: expected a block of commands, got none.`);
  const [, notRun] = /<!-- not run: (.*?) -->/.exec(text) ?? [];
  return { commands, output, notRun, varies: varies !== '' };
}

/**
 * Runs commands in a shell, with `mcore` as it is built.
 *
 * @param {string} commands
 * @param {string} folder
 * @returns {string} Standard output, without the progress, which goes to standard error.
 */
export function runCommands(commands, folder) {
  const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', commands], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
      COLUMNS: '100',
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
      NODE_ENV: undefined,
      NODE_OPTIONS: undefined,
    },
  });
  if (status !== 0) throw new Error(`expected exit status 0, got ${status}:\n${commands}\n${stdout}\n${stderr}`);
  return stdout.replace(/[ \t]+$/gm, '').trim();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { folder: { type: 'string' } } });
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'mcore-commands-'));
  mkdirSync(folder, { recursive: true });
  for (const name of positionals.length > 0 ? positionals : PAGES) {
    const { commands, output, notRun } = exampleOf(name);
    if (notRun !== undefined) continue;
    const began = Date.now();
    const printed = runCommands(commands, folder);
    process.stderr.write(`${name}: ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
    const text = readFileSync(pageOf(name), 'utf8');
    const put =
      output === undefined
        ? text.replace(`${commands}\`\`\`\n`, () => `${commands}\`\`\`\n\nprints\n\n\`\`\`text\n${printed}\n\`\`\`\n`)
        : text.replace(EXAMPLE, (_, a, b, c, varies, d, __, e) => `${a}${b}${c}${varies}${d}${printed}\n${e}`);
    writeFileSync(pageOf(name), put);
  }
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}
