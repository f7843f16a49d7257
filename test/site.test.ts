import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { noChromium, startChromium } from '@mcore/testing/chromium';
import { because } from '@mcore/testing/skips';
import MiniSearch, { type SearchOptions } from 'minisearch';
import { beforeAll, describe, expect, it } from 'vitest';
import { serveFolder } from '../scripts/browser-page.mjs';
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

/** Pages of which MCORE_TEST_SHOTS=FOLDER keeps pictures. */
const SHOTS = ['index.html', 'guides/train-on-your-videos.html', 'commands/train.html', 'reference/errors.html'];

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
    ['few clips', /^\/guides\/fine-tune/],
    ['import weights', /^\/guides\/import-weights/],
    ['real', /^\/guides\/what-is-real/],
    ['install', /^\/guides\//],
    ['score', /^\/guides\/(score|train)/],
    ['own videos', /^\/guides\/(score|train)-(on-)?your-videos/],
  ])('finds a guide first for "%s"', async (query, guide) => {
    expect((await firstHits(query))[0]).toMatch(guide);
  });

  it('has a page for every command with an example, its output and its options', async () => {
    const { PAGES } = await import('../scripts/site/examples.mjs');
    for (const name of PAGES) {
      const html = readFileSync(join(site, 'commands', `${name}.html`), 'utf8');
      expect(html, name).toContain(`mcore ${name}`);
      expect(html, name).toContain('id="options"');
      expect(html, name).toContain('language-sh');
    }
  });

  it.skipIf(noChromium !== null)(
    `is not wider than a window of 390 or 1440 pixels; tables of guides and commands need no scrolling${because(noChromium)}`,
    { timeout: 120_000 },
    async () => {
      const browser = await startChromium();
      const server = await serveFolder(site);
      try {
        const page = await browser.newPage();
        const paths = htmlPages().map(({ path }) => path);
        const shown = paths.filter((path) => /^(index|guides\/|commands\/|reference\/|evidence\/)/.test(path));
        const wide: string[] = [];
        for (const width of [390, 1440]) {
          await page.setViewport({ width, height: 900 });
          for (const path of shown) {
            await page.goto(`${server.url}${path}`, { waitUntil: 'domcontentloaded' });
            const found = await page.evaluate(() => ({
              page: document.documentElement.scrollWidth,
              tables: [...document.querySelectorAll('.vp-doc table')].filter((t) => t.scrollWidth > t.clientWidth + 1)
                .length,
            }));
            const shots = process.env.MCORE_TEST_SHOTS;
            if (shots && SHOTS.includes(path)) {
              await page.screenshot({ path: join(shots, `${path.replaceAll('/', '-')}-${width}.png`), fullPage: true });
            }
            if (found.page > width) wide.push(`${path} at ${width}: ${found.page}`);
            if (found.tables > 0 && !path.startsWith('evidence/'))
              wide.push(`${path} at ${width}: ${found.tables} tables`);
          }
        }
        expect(wide).toEqual([]);
      } finally {
        await browser.close();
        await server.stop();
      }
    },
  );
});
