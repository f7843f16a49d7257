import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { because } from '@mcore/testing/skips';
import { expect, it } from 'vitest';
import { createProgram } from '../apps/cli/src/program.js';
import { publishedPackages, root } from '../scripts/packages.mjs';
import { missingBuild, runExample } from './support/run-example.js';

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

const unbuilt = missingBuild();

/** A folder of sixteen short videos of two classes and its list, as the guide has it. */
const VIDEOS = `
import { writeFile as writeList } from 'node:fs/promises';
import { RenderedDives } from '@mcore/rendered-dives';
import { nodeCanvas, writeFineDivingLayout } from '@mcore/rendered-dives/node';
const dives = new RenderedDives({ canvas: nodeCanvas, seed: 1, height: 48 });
const clips = ['107b', '405b'].flatMap((number) => dives.clips.filter((clip) => clip.diveNumber === number).slice(0, 8));
await writeFineDivingLayout('gym', { clips, seed: 1, height: 48, videos: true });
const lines = clips.map(({ id, score, diveNumber, transitions }) =>
  [id.replace('__', '/') + '.mp4', score, diveNumber, transitions.join(' ')].join(','),
);
await writeList('gym/videos.csv', ['path,score,class,transitions', ...lines].join('\\n'));
`;

it.skipIf(unbuilt !== null)(
  `the script that trains on a list of own videos, evaluates and saves has at most 15 lines and runs${because(unbuilt)}`,
  { timeout: 300_000 },
  async () => {
    const guide = readFileSync(join(root, 'docs', 'guides', 'train-on-your-videos.md'), 'utf8');
    const [, script] = /```ts\n(import \{ writeFile \}[\s\S]*?)```/.exec(guide)!;
    expect(script!.trim().split('\n').length).toBeLessThanOrEqual(15);
    // one step, so that a test can wait for it; it shows what it saved
    const short = script!.replace('steps: 400', 'steps: 1');
    expect(short).not.toBe(script);
    const output = await runExample(
      `${VIDEOS}${short}\nimport { readdirSync } from 'node:fs';\nconsole.log(readdirSync('.').sort().join(' '), readdirSync('runs/gym').sort().join(' '));`,
    );
    expect(output).toMatch(/^SRCC (NaN|-?[\d.]+) \[.*\] labels only/);
    expect(output).toContain('gym gym-bank.safetensors gym.safetensors runs');
    expect(output).toContain('bank.safetensors best.safetensors last.safetensors log.jsonl run.json');
  },
);
