import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatWithOptions } from 'node:util';

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.safetensors': 'application/octet-stream',
});

/** Milliseconds that a page may compute; the slowest does on one core in JavaScript what others do on all of them in C. */
const LONGEST = 400_000;

/** Arrays of numbers as Node prints them: by their kind. */
function revived(/** @type {any} */ value) {
  const kind = value?.['\u0000kind'];
  return kind === undefined ? value : /** @type {any} */ (globalThis)[kind].from(value.values);
}

/**
 * Chromium out of an npm package, for pages of folders on this machine.
 *
 * @param {(path: string) => string} file Path in the `node_modules` of the tools.
 */
export async function startBrowser(file) {
  const from = createRequire(file('package.json'));
  const chromium = (await import(pathToFileURL(from.resolve('@sparticuz/chromium')).href)).default;
  const puppeteer = await import(pathToFileURL(from.resolve('puppeteer-core')).href);
  const browser = await puppeteer.launch({
    args: [...chromium.args, '--no-sandbox'],
    executablePath: await chromium.executablePath(),
    headless: 'shell',
  });
  return {
    version: /** @type {string} */ (await browser.version()),
    puppeteer: browser,
    /**
     * Opens a folder's page and gives what it logs until it logs "end of example", as Node would print it.
     *
     * @param {string} folder @param {string} html
     * @returns {Promise<string>}
     */
    async run(folder, html) {
      const server = serve(folder, html);
      await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      const page = await browser.newPage();
      try {
        /** @type {string[]} */
        const lines = [];
        const ended = new Promise((resolve, reject) => {
          page.exposeFunction('printed', (/** @type {string} */ json) => {
            const values = JSON.parse(json, (_, value) => (value === '\u0000undefined' ? undefined : revived(value)));
            if (values[0] === 'end of example') resolve(undefined);
            else lines.push(formatWithOptions({ colors: false }, ...values));
          });
          page.on('pageerror', (/** @type {Error} */ error) => reject(error));
          page.on('requestfailed', (/** @type {any} */ request) => reject(new Error(`${request.url()} failed`)));
          setTimeout(() => reject(new Error(`the page did not end; it said ${lines.join('\n')}`)), LONGEST).unref();
        });
        ended.catch(() => {});
        await page.evaluateOnNewDocument(() => {
          const { log } = console;
          console.log = (...values) => {
            log(...values);
            const plain = (/** @type {string} */ _, /** @type {any} */ value) =>
              value === undefined
                ? '\u0000undefined'
                : ArrayBuffer.isView(value)
                  ? { '\u0000kind': value.constructor.name, values: Array.from(/** @type {any} */ (value)) }
                  : value;
            /** @type {any} */ (window).printed(JSON.stringify(values, plain));
          };
        });
        // a page that computes counts as loaded only when it is done
        const opened = page.goto(`http://127.0.0.1:${port}/`, { timeout: 0 });
        opened.catch(() => {});
        await Promise.race([ended, opened.then(() => ended)]);
        return lines.join('\n');
      } finally {
        await page.close();
        server.close();
      }
    },
    close: () => browser.close(),
  };
}

/** @returns {import('node:http').Server} */
function serve(/** @type {string} */ folder, /** @type {string | undefined} */ html) {
  return createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (path === '/' && html !== undefined) return response.writeHead(200, { 'content-type': 'text/html' }).end(html);
    if (path === '/favicon.ico') return response.writeHead(204).end();
    const found = normalize(join(folder, path === '/' ? 'index.html' : path));
    if (!found.startsWith(folder + sep) || !existsSync(found) || !statSync(found).isFile()) {
      return response.writeHead(404).end();
    }
    response.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream' });
    return createReadStream(found).pipe(response);
  });
}

/**
 * Serves a folder with its index.html.
 *
 * @param {string} folder
 */
export async function serveFolder(folder) {
  const server = serve(folder, undefined);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
