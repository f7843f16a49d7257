import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The arrows of ARCHITECTURE.md, drawn from every package.json. `node scripts/draw-architecture.mjs` rewrites them; a test
 * compares them.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const START = '<!-- arrows: made by scripts/draw-architecture.mjs -->';
const END = '<!-- end of arrows -->';

/** Packages and applications with what they depend on of ours; dependencies that another dependency brings are left out. */
export function readPackages() {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => JSON.parse(readFileSync(join(root, group, entry.name, 'package.json'), 'utf8')))
      .map(({ name, description, private: isPrivate = false, dependencies = {} }) => ({
        name: name.replace('@mcore/', ''),
        group,
        // what only tests import would have arrows to most packages
        drawn: group === 'apps' || !isPrivate,
        description,
        uses: Object.keys(dependencies)
          .filter((dependency) => dependency.startsWith('@mcore/'))
          .map((dependency) => dependency.replace('@mcore/', ''))
          .sort(),
      })),
  );
}

function direct(packages, name) {
  const uses = packages.find((candidate) => candidate.name === name)?.uses ?? [];
  const reached = (from) => {
    const next = packages.find((candidate) => candidate.name === from)?.uses ?? [];
    return next.flatMap((step) => [step, ...reached(step)]);
  };
  const indirect = new Set(uses.flatMap(reached));
  return uses.filter((use) => !indirect.has(use));
}

/** The picture and the list of packages, as Markdown. */
export function drawArchitecture() {
  const packages = readPackages();
  const arrows = packages
    .filter(({ drawn }) => drawn)
    .flatMap(({ name }) => direct(packages, name).map((use) => `  ${name} --> ${use}`));
  const rows = packages.map(({ name, group, description }) => `| [\`${name}\`](${group}/${name}) | ${description} |`);
  return [
    START,
    '```mermaid',
    'graph TD',
    ...arrows,
    '```',
    '',
    '| folder | its one job |',
    '| --- | --- |',
    ...rows,
    END,
  ].join('\n');
}

/** ARCHITECTURE.md with its arrows drawn anew. */
export function withArrows(text) {
  const [before, rest] = text.split(START);
  const after = rest.split(END)[1];
  return `${before}${drawArchitecture()}${after}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(root, 'ARCHITECTURE.md');
  writeFileSync(file, withArrows(readFileSync(file, 'utf8')));
}
