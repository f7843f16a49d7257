import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import MiniSearch, { type SearchOptions } from 'minisearch';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../scripts/packages.mjs';

const site = join(root, 'docs', 'site');

/** Every page as its path below the site and its HTML. */
function htmlPages(): { path: string; html: string }[] {
  return readdirSync(site, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.html') && path !== '404.html')
    .map((path) => ({ path: path.replaceAll('\\', '/'), html: readFileSync(join(site, path), 'utf8') }));
}

/** What a person finds first, by the options that the page itself searches with. */
async function firstHits(query: string): Promise<string[]> {
  const [index] = readdirSync(join(site, 'assets', 'chunks')).filter((name) => name.startsWith('@localSearchIndex'));
  const { default: json } = (await import(join(site, 'assets', 'chunks', index!))) as { default: string };
  const { default: config } = await import('../docs/.vitepress/config.mjs');
  const { options } = config.themeConfig!.search as { options: { miniSearch: { searchOptions: SearchOptions } } };
  const search = MiniSearch.loadJSON(json, {
    fields: ['title', 'titles', 'text'],
    storeFields: ['title', 'titles'],
    searchOptions: options.miniSearch.searchOptions,
  });
  return search.search(query).map(({ id }) => String(id));
}

describe('the site', () => {
  beforeAll(() => {
    const built = spawnSync(process.execPath, [join(root, 'scripts', 'site', 'build.mjs')], { encoding: 'utf8' });
    expect(built.status, built.stderr.slice(-2000)).toBe(0);
  }, 300_000);

  it('has no link to a page, picture or heading that is not there', () => {
    const pages = htmlPages();
    const byPath = new Map(pages.map(({ path, html }) => [path, html]));
    const dead = pages.flatMap(({ path, html }) =>
      [...html.matchAll(/(?:href|src)="([^"]+)"/g)]
        .map(([, target]) => target!.replaceAll('&amp;', '&'))
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => {
          const [file = '', anchor] = target.split('#');
          const at = file.startsWith('/') ? file.slice(1) : join(dirname(path), file);
          const found = file === '' ? path : relative(site, join(site, at)).replaceAll('\\', '/');
          const page = [found, `${found}.html`, join(found, 'index.html')].find((name) => existsSync(join(site, name)));
          if (page === undefined) return true;
          const text = byPath.get(page) ?? byPath.get(join(found, 'index.html'));
          return anchor !== undefined && anchor !== '' && !text?.includes(`id="${decodeURIComponent(anchor)}"`);
        })
        .map((target) => `${path}: ${target}`),
    );
    expect(pages.length).toBeGreaterThan(80);
    expect([...new Set(dead)]).toEqual([]);
  });

  it.each([
    ['train', /^\/guides\/train-on/],
    ['install', /^\/guides\//],
    ['score', /^\/guides\/(score|train)/],
    ['own videos', /^\/guides\/(score|train)-(on-)?your-videos/],
  ])('finds a guide first for "%s"', async (query, guide) => {
    expect((await firstHits(query))[0]).toMatch(guide);
  });
});
