import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';

const sidebar = JSON.parse(readFileSync(new URL('sidebar.json', import.meta.url), 'utf8'));

export default defineConfig({
  title: 'mcore',
  description: 'Action quality assessment for JavaScript',
  lang: 'en',
  base: process.env.MCORE_DOCS_BASE ?? '/',
  srcDir: '.vitepress/pages',
  outDir: 'site',
  cleanUrls: false,
  lastUpdated: false,
  head: [['link', { rel: 'icon', href: `${process.env.MCORE_DOCS_BASE ?? '/'}icon.svg`, type: 'image/svg+xml' }]],
  themeConfig: {
    sidebar,
    nav: [
      { text: 'Guides', link: '/guides/getting-started' },
      { text: 'Commands', link: '/commands/' },
      { text: 'API', link: '/api/' },
      { text: 'Evidence', link: '/evidence/benchmark' },
    ],
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          searchOptions: {
            fuzzy: 0.1,
            prefix: true,
            boost: { title: 6, titles: 2, text: 1 },
            boostDocument: (id) => {
              // guides first; inside, since VitePress takes the function's text into the page
              const weights = {
                '/guides/': 6,
                '/commands/': 4,
                '/packages/': 2,
                '/evidence/': 0.6,
                '/decisions/': 0.4,
                '/api/': 0.3,
              };
              const found = Object.keys(weights).find((part) => id.includes(part));
              return found === undefined ? 1 : weights[found];
            },
          },
        },
      },
    },
  },
});
