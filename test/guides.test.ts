import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { createProgram } from '../apps/cli/src/program.js';
import { publishedPackages, root } from '../scripts/packages.mjs';

const guides = readdirSync(join(root, 'docs', 'guides'))
  .filter((file) => file.endsWith('.md'))
  .map((file) => join(root, 'docs', 'guides', file));
const readmes = publishedPackages().map(({ directory }) => join(directory, 'README.md'));
const others = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/index.md'].map((file) =>
  join(root, file),
);
const texts = [...guides, ...readmes, ...others]
  .filter((file) => existsSync(file))
  .map((file) => ({ place: relative(root, file), file, text: readFileSync(file, 'utf8') }));

/** What is wrong with a line `mcore ...`, or undefined. */
function mistakeIn(words: string[]): string | undefined {
  let command: ReturnType<typeof createProgram> = createProgram();
  let at = 0;
  for (; command.commands.length > 0 && at < words.length && !words[at]!.startsWith('-'); at++) {
    const next = command.commands.find((candidate) => candidate.name() === words[at]);
    if (!next) return `there is no command ${words.slice(0, at + 1).join(' ')}`;
    command = next;
  }
  const known = [...command.options.map(({ long }) => long), '--help', '--version'];
  return words
    .slice(at)
    .filter((word) => word.startsWith('--'))
    .map((word) => (known.includes(word) ? undefined : `${command.name()} has no option ${word}`))
    .find((mistake) => mistake !== undefined);
}

it('every mcore command in guides and READMEs exists, with its options', () => {
  const mistakes = texts.flatMap(({ place, text }) => {
    const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block!);
    const inline = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`((?:npx )?mcore [a-z][^`]*)`/g)].map(
      // in tables alternatives stand as a\\|b: the first of them will do
      ([, command]) => command!.replace(/\\\|.*$/, ''),
    );
    const lines = [...blocks.flatMap((block) => block.split('\n')), ...inline];
    return lines.flatMap((line) => {
      const [, command] = /^(?:npx )?mcore (.*?)(?:\s+#.*)?$/.exec(line.trim()) ?? [];
      const mistake = command === undefined ? undefined : mistakeIn(command.split(/\s+/));
      return mistake === undefined ? [] : [`${place}: ${line.trim()}: ${mistake}`];
    });
  });
  expect(mistakes).toEqual([]);
});

it('links between files of the repository lead somewhere', () => {
  const broken = texts.flatMap(({ place, file, text }) =>
    [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target!.replace(/#.*$/, ''))
      .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(join(dirname(file), target)))
      .map((target) => `${place}: ${target}`),
  );
  expect(broken).toEqual([]);
});
