import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serveFolder } from './browser-page.mjs';
import { publishedPackages, root, workspaces } from './packages.mjs';
import { run } from './release.mjs';

/**
 * Ways to bring the README's page to a browser, none of them configured: Vite in development and built, webpack, a plain page with an
 * import map.
 *
 * @typedef {object} PageWay
 * @property {string} name
 * @property {(project: string) => Promise<{ url: string, stop(): Promise<void> }>} start Makes the page of a project and serves it.
 */

/** Entries of foreign packages that browsers can load as they are; tfjs comes in one file, so that there is one engine. */
const FOREIGN = {
  '@tensorflow/tfjs': '@tensorflow/tfjs/dist/tf.fesm.js',
  '@tensorflow/tfjs-core': '@tensorflow/tfjs/dist/tf.fesm.js',
  '@tensorflow/tfjs-backend-wasm': '@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.fesm.js',
  '@tensorflow/tfjs-backend-webgpu': '@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.fesm.js',
  mediabunny: 'mediabunny/dist/bundles/mediabunny.mjs',
  'fastest-levenshtein': 'fastest-levenshtein/esm/mod.js',
  fflate: 'fflate/esm/browser.js',
};

/** The examples of the root README that use the judge: a script for Node and a page. */
export function judgeExamples() {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, script] = /```js\n([\s\S]*?@mcore\/judge[\s\S]*?)```/.exec(readme) ?? [];
  const [, page] = /```html\n([\s\S]*?@mcore\/judge[\s\S]*?)```/.exec(readme) ?? [];
  if (!script || !page) throw new Error('expected a script and a page that use @mcore/judge in README.md');
  return { script, page };
}

/**
 * Makes a project that has our packages as they would be published, from their tarballs, and the README's page as index.html. Foreign packages are
 * links to those installed here, so that no network is needed.
 *
 * @param {string} project A folder that is not there yet.
 */
export function makeProject(project) {
  const ours = new Set(workspaces().map(({ name }) => name));
  const installed = join(root, 'node_modules');
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, '@mcore'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== '@mcore' && !name.startsWith('.')) symlinkSync(join(installed, name), join(modules, name));
  }
  const libraries = publishedPackages().filter(({ json }) => json.exports);
  const packed = join(project, 'packed');
  mkdirSync(packed);
  const names = libraries.map(({ name }) => `--workspace=${name}`);
  const npm = process.env.npm_execpath;
  const args = ['pack', '--ignore-scripts', '--silent', `--pack-destination=${packed}`, ...names];
  const { status } = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'ignore' })
    : spawnSync('npm', args, { cwd: root, stdio: 'ignore', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error('npm pack failed');
  for (const { name, json } of libraries) {
    if (!ours.has(name)) continue;
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    const tarball = join(packed, `${name.replace('@', '').replace('/', '-')}-${json.version}.tgz`);
    spawnSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', target]);
  }
  rmSync(packed, { recursive: true });
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'page', private: true, type: 'module' }));
  writeFileSync(
    join(project, 'index.html'),
    `<!doctype html>\n<meta charset="utf-8">\n<title>Judge</title>\n${judgeExamples().page}`,
  );
}

/**
 * A development server of Vite.
 *
 * @param {string} vite Folder of its package.
 * @returns {PageWay}
 */
export function viteInDevelopment(vite) {
  return {
    name: `Vite ${majorOf(vite)} in development`,
    async start(project) {
      const bin = join(vite, 'bin', 'vite.js');
      const child = spawn(process.execPath, [bin, '--host', '127.0.0.1', '--port', '0', '--force'], {
        cwd: project,
        env: { ...process.env, NO_COLOR: '1', NODE_ENV: 'development' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const url = await new Promise((/** @type {(url: string) => void} */ resolve, reject) => {
        let text = '';
        child.stdout.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
          const [found] = /http:\/\/127\.0\.0\.1:\d+\//.exec(text) ?? [];
          if (found) resolve(found);
        });
        child.on('exit', (status) => reject(new Error(`vite ended with status ${status}: ${text}`)));
      });
      return { url, stop: () => new Promise((resolve) => child.once('exit', () => resolve(undefined)).kill()) };
    },
  };
}

/**
 * What Vite builds, on a plain server.
 *
 * @param {string} vite Folder of its package.
 * @returns {PageWay}
 */
export function viteBuilt(vite) {
  return {
    name: `Vite ${majorOf(vite)} built`,
    async start(project) {
      await run(project, process.execPath, [join(vite, 'bin', 'vite.js'), 'build', '--logLevel', 'error'], {
        NODE_ENV: 'production',
      });
      return serveFolder(join(project, 'dist'));
    },
  };
}

/**
 * What webpack builds without a configuration.
 *
 * @param {string} webpack Folder of its package.
 * @returns {PageWay}
 */
export function webpackBuilt(webpack) {
  return {
    name: `webpack ${majorOf(webpack)} built`,
    async start(project) {
      const [before, code, after] = splitPage(readFileSync(join(project, 'index.html'), 'utf8'));
      writeFileSync(join(project, 'page.js'), code);
      const compiler = createRequire(join(webpack, 'package.json'))('webpack')({
        mode: 'production',
        context: project,
        entry: './page.js',
        output: { path: join(project, 'webpack') },
      });
      /** @type {any} */
      const stats = await new Promise((resolve, reject) =>
        compiler.run((/** @type {Error | null} */ error, /** @type {any} */ result) =>
          error ? reject(error) : resolve(result),
        ),
      );
      if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
      writeFileSync(join(project, 'webpack', 'index.html'), `${before}<script src="main.js"></script>${after}`);
      return serveFolder(join(project, 'webpack'));
    },
  };
}

/**
 * The page as it is, with an import map.
 *
 * @type {PageWay}
 */
export const withImportMap = {
  name: 'import map',
  async start(project) {
    const modules = join(project, 'node_modules');
    /** @type {Record<string, string>} */
    const imports = Object.fromEntries(Object.entries(FOREIGN).map(([name, file]) => [name, `/node_modules/${file}`]));
    for (const folder of readdirSync(join(modules, '@mcore'))) {
      const { name, exports } = JSON.parse(readFileSync(join(modules, '@mcore', folder, 'package.json'), 'utf8'));
      for (const [entry, conditions] of Object.entries(exports ?? {})) {
        const file = typeof conditions === 'string' ? conditions : conditions.default;
        if (file?.endsWith('.js'))
          imports[`${name}${entry.slice(1)}`] = `/node_modules/@mcore/${folder}${file.slice(1)}`;
      }
    }
    const map = `<script type="importmap">${JSON.stringify({ imports })}</script>\n`;
    const plain = join(project, 'plain');
    mkdirSync(plain);
    symlinkSync(modules, join(plain, 'node_modules'));
    cpSync(join(project, 'index.html'), join(plain, 'index.html'));
    const page = join(plain, 'index.html');
    writeFileSync(page, readFileSync(page, 'utf8').replace('<script type="module">', `${map}<script type="module">`));
    return serveFolder(plain);
  },
};

/**
 * Opens the README's page, picks a video in it and gives what it says then.
 *
 * @param {any} browser Puppeteer's. @param {string} url @param {string} video
 * @returns {Promise<string>}
 */
export async function pickInPage(browser, url, video) {
  const page = await browser.newPage();
  try {
    /** @type {string[]} */
    const complaints = [];
    page.on('pageerror', (/** @type {Error} */ error) => complaints.push(String(error)));
    page.on('console', (/** @type {any} */ message) => {
      if (['error', 'warn'].includes(message.type())) complaints.push(message.text());
    });
    await page.goto(url, { timeout: 120_000 });
    const input = await page.waitForSelector('input[type="file"]');
    // a development server may load the page again once it has found its dependencies
    await page.waitForNetworkIdle({ timeout: 120_000, idleTime: 3000 }).catch(() => {});
    const chosen = (await page.$('input[type="file"]')) ?? input;
    await chosen.uploadFile(video);
    await page
      .waitForFunction(() => document.querySelector('output')?.textContent, { timeout: 180_000 })
      .catch((/** @type {Error} */ error) => {
        throw new Error(`${error.message}; the page said: ${complaints.join('\n')}`);
      });
    const wasm = complaints.find((each) => /wasm|abort/i.test(each));
    if (wasm !== undefined) throw new Error(`the page's engine complained: ${wasm}`);
    return await page.$eval('output', (/** @type {HTMLOutputElement} */ output) => output.textContent ?? '');
  } finally {
    await page.close();
  }
}

/** @returns {[before: string, code: string, after: string]} */
function splitPage(/** @type {string} */ html) {
  const match = /^([\s\S]*?)<script type="module">([\s\S]*?)<\/script>([\s\S]*)$/.exec(html);
  if (!match) throw new Error('expected a module script in the page');
  return [match[1] ?? '', match[2] ?? '', match[3] ?? ''];
}

function majorOf(/** @type {string} */ folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version.split('.')[0];
}
