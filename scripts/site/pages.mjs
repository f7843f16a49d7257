import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, root } from '../packages.mjs';

/**
 * A page of the site.
 *
 * @typedef {object} Page
 * @property {string} source Where its Markdown lies in the repository, such as `docs/guides/concepts.md`.
 * @property {string} path Where it lies on the site, without ending, such as `guides/concepts`.
 * @property {string} title
 * @property {string} group Heading in the side bar.
 */

/** Guides in reading order; guides that are not named here follow. */
const GUIDES = [
  'getting-started',
  'demo',
  'what-is-real',
  'concepts',
  'score-your-videos',
  'score-from-a-program',
  'find-dives',
  'train-on-your-videos',
  'fine-tune',
  'train-on-features',
  'train-on-finediving',
  'mtl-aqa',
  'import-weights',
  'reproduce-the-tables',
  'engines',
  'many-machines',
  'one-package',
  'extend',
];

/** Every page that is written by hand, in the order of the side bar. */
export function pages() {
  return [
    page('docs/index.md', 'index', 'Start', 'mcore'),
    ...folder('docs/guides', 'guides', 'Guides', GUIDES),
    ...folder('docs/reference', 'reference', 'Reference', []),
    ...folder(
      'docs',
      'evidence',
      'Evidence',
      ['benchmark', 'finding-dives', 'parity', 'performance', 'reliability', 'packages'],
      ['index'],
    ),
    ...publishedPackages()
      .filter(({ path }) => existsSync(join(root, path, 'README.md')))
      .map(({ path, name }) => page(`${path}/README.md`, path.replace(/^apps\//, 'packages/'), 'Packages', name)),
    page('ARCHITECTURE.md', 'project/architecture', 'Project'),
    page('CONTRIBUTING.md', 'project/contributing', 'Project'),
    page('SECURITY.md', 'project/security', 'Project'),
    ...folder('docs/decisions', 'decisions', 'Decisions', []),
  ];
}

/**
 * @param {string} from
 * @param {string} to
 * @param {string} group
 * @param {readonly string[]} first
 * @param {readonly string[]} without
 */
function folder(from, to, group, first, without = []) {
  const names = readdirSync(join(root, from))
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.slice(0, -3))
    .filter((name) => !without.includes(name))
    .sort();
  const place = (/** @type {string} */ name) => (first.includes(name) ? first.indexOf(name) : first.length);
  names.sort((a, b) => place(a) - place(b));
  return names.map((name) => page(`${from}/${name}.md`, `${to}/${name}`, group));
}

/**
 * @param {string} source
 * @param {string} path
 * @param {string} group
 * @param {string} [title] The first heading unless given.
 * @returns {Page}
 */
function page(source, path, group, title = headingOf(source)) {
  return { source, path, title, group };
}

/** @param {string} source */
function headingOf(source) {
  const text = readFileSync(join(root, source), 'utf8');
  const [, heading] = /^# (.+)$/m.exec(text) ?? [];
  if (!heading) throw new Error(`${source}: expected a first heading "# ...", found none. Add one.`);
  return heading.replaceAll('`', '');
}
