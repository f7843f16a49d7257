import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { drawArrows } from '../draw-arrows.mjs';
import { root } from '../packages.mjs';
import { runNode, say } from '../set-up.mjs';
import { writeCommandPages } from './commands.mjs';
import { equationsPage } from './equations.mjs';
import { PAGES } from './examples.mjs';
import { siteLinks } from './links.mjs';
import { pages } from './pages.mjs';

/**
 * `npm run docs`: the site, into docs/site. Pages from the repository's Markdown, the command line's help and the sources' TSDoc are collected
 * in docs/.vitepress/pages, from which VitePress makes the site; it fails on a link that leads nowhere.
 */
const STAGING = join(root, 'docs', '.vitepress', 'pages');

/** @param {string} path @param {string} text */
function write(path, text) {
  const file = join(STAGING, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Copies a picture to the same place below the site's root. @param {string} source */
function copyPicture(source) {
  const path = `pictures/${source.replaceAll('/', '-')}`;
  mkdirSync(join(STAGING, 'pictures'), { recursive: true });
  cpSync(join(root, source), join(STAGING, path));
  return path;
}

rmSync(STAGING, { recursive: true, force: true });
say('Reading the documentation comments of every package ...');
runNode(join(root, 'node_modules', 'typedoc', 'bin', 'typedoc'), ['--logLevel', 'Warn']);

const all = pages();
const sites = new Map(all.map(({ source, path }) => [source, path]));
sites.set('docs/guides', 'guides/getting-started');
for (const name of PAGES) sites.set(`docs/commands/${name}.md`, `commands/${name}`);
const link = (/** @type {string} */ text, /** @type {{ source: string, path: string }} */ page) =>
  siteLinks(text, page, sites, copyPicture);
for (const page of all) {
  const text = readFileSync(join(root, page.source), 'utf8')
    // GitHub draws these itself
    .replace(/```mermaid\n([\s\S]*?)```/g, (_, graph) => drawArrows(graph))
    .replace(/^<!--[\s\S]*?-->\n?/gm, '');
  write(`${page.path}.md`, link(text, page));
}
mkdirSync(join(STAGING, 'public'), { recursive: true });
cpSync(join(root, 'apps', 'demo', 'public', 'icon.svg'), join(STAGING, 'public', 'icon.svg'));
const commands = writeCommandPages(write, link);
write('reference/equations.md', equationsPage(join(STAGING, 'api')));

const groups = [...new Set(all.map(({ group }) => group))];
const sidebar = groups.map((text) => ({
  text,
  collapsed: !['Start', 'Guides'].includes(text),
  items: all
    .filter(({ group }) => group === text)
    .map(({ title, path }) => ({ text: title, link: `/${path === 'index' ? '' : path}` })),
}));
sidebar.splice(2, 0, { text: 'Commands', collapsed: true, items: commands });
sidebar.find(({ text }) => text === 'Reference')?.items.push({ text: 'Equations', link: '/reference/equations' });
const api = JSON.parse(readFileSync(join(STAGING, 'api', 'sidebar.json'), 'utf8'));
sidebar.push({ text: 'API', collapsed: true, items: api });
writeFileSync(join(root, 'docs', '.vitepress', 'sidebar.json'), `${JSON.stringify(sidebar, null, 2)}\n`);

say('Building the site into docs/site ...');
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'vitepress', 'bin', 'vitepress.js'), process.argv[2] ?? 'build', 'docs'],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
