import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../packages.mjs';

/**
 * A page for each command of `mcore`, from its own help.
 *
 * @param {(path: string, text: string) => void} write
 * @returns {{ text: string, link: string }[]} For the side bar, in the order of the help.
 */
export function writeCommandPages(write) {
  const names = commandsOf(help([]));
  write('commands/index.md', commandPage('mcore', help([])));
  for (const name of names) {
    const inner = commandsOf(help([name])).map((part) => help([name, part]));
    write(`commands/${name}.md`, commandPage(`mcore ${name}`, help([name]), inner));
  }
  return [
    { text: 'mcore', link: '/commands/' },
    ...names.map((name) => ({ text: `mcore ${name}`, link: `/commands/${name}` })),
  ];
}

/** @param {string} title @param {string} text @param {readonly string[]} inner */
function commandPage(title, text, inner = []) {
  const [, about = ''] = /^Usage:.*\n\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const blocks = [text, ...inner].map((block) => `\`\`\`text\n${block.trimEnd()}\n\`\`\``);
  return `# ${title}\n\n${about.replace(/\s*\n\s*/g, ' ')}\n\n${blocks.join('\n\n')}\n`;
}

/** The names below "Commands:", without that of the help itself. @param {string} text */
function commandsOf(text) {
  return [...text.matchAll(/^ {2}([a-z]+)\b.*$/gm)].map(([, name]) => String(name)).filter((name) => name !== 'help');
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
