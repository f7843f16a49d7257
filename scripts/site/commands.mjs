import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../packages.mjs';
import { pageOf } from './examples.mjs';

/**
 * A page for each command of `mcore`: what docs/commands says of it, with an example, then its own help.
 *
 * @param {(path: string, text: string) => void} write
 * @param {(text: string, page: { source: string, path: string }) => string} link Rewrites the links of a page.
 * @returns {{ text: string, link: string }[]} For the side bar, in the order of the help.
 */
export function writeCommandPages(write, link) {
  const names = commandsOf(help([]));
  const about = new Map(names.map((name) => [name, aboutOf(help([name]))]));
  const rows = names.map((name) => `| [\`mcore ${name}\`](./${name}.md) | ${about.get(name)} |`);
  write(
    'commands/index.md',
    `# Commands\n\n${INTRODUCTION}\n\n| command | what it does |\n| --- | --- |\n${rows.join('\n')}\n`,
  );
  for (const name of names) {
    const inner = commandsOf(help([name])).map((part) => [`mcore ${name} ${part}`, help([name, part])]);
    const blocks = inner.length > 0 ? inner : [[`mcore ${name}`, help([name])]];
    const options = blocks.map(([title, text]) => {
      const heading = inner.length > 0 ? `### ${title}\n\n` : '';
      return `${heading}\`\`\`text\n${withoutDescription(String(text))}\n\`\`\``;
    });
    const page = { source: `docs/commands/${name}.md`, path: `commands/${name}` };
    const text = readFileSync(pageOf(name), 'utf8');
    write(`${page.path}.md`, `${link(text, page).trimEnd()}\n\n## Options\n\n${options.join('\n\n')}\n`);
  }
  return [
    { text: 'All commands', link: '/commands/' },
    ...names.map((name) => ({ text: `mcore ${name}`, link: `/commands/${name}` })),
  ];
}

const INTRODUCTION = `Every command has \`--help\` with examples, and \`--json\` for programs. Results are printed on standard output, progress on standard
error. Exit status: 0 done, 1 failed, 2 wrong usage. [Errors](../reference/errors.md) lists the codes that messages end with.`;

/** The sentences below "Usage:". @param {string} text */
function aboutOf(text) {
  const [, about = ''] = /^Usage:.*\n\n([\s\S]*?)\n\n/.exec(text) ?? [];
  return about.replace(/\s*\n\s*/g, ' ');
}

/** A help text whose description the page's own sentences replace. @param {string} text */
function withoutDescription(text) {
  return text.replace(/^(Usage:.*\n\n)[\s\S]*?\n\n/, '$1').trimEnd();
}

/** Sections of a help text that list no commands. */
const OTHERS = ['Usage', 'Arguments', 'Options', 'Examples'];

/** The names of commands, in any section, without that of the help itself. @param {string} text */
function commandsOf(text) {
  const sections = text.split(/^(?=[A-Z][^\n]*:$)/m).filter((section) => !OTHERS.includes(section.split(':')[0] ?? ''));
  return sections
    .filter((section) => /^[A-Z][^\n]*:\n/.test(section))
    .flatMap((section) => [...section.matchAll(/^ {2}([a-z][a-z-]*)\b.*$/gm)].map(([, name]) => String(name)))
    .filter((name) => name !== 'help');
}

/** @param {readonly string[]} command */
function help(command) {
  const main = join(root, 'apps', 'cli', 'dist', 'main.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...command, '--help'], {
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: '100', NO_COLOR: '1' },
  });
  if (status !== 0)
    throw new Error(`mcore ${command.join(' ')} --help: expected exit status 0, got ${status}. ${stderr}`);
  return stdout;
}
