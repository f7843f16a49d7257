import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

/** The folder of the demo. */
export const demoFolder = fileURLToPath(new URL('../apps/demo/', import.meta.url));

/**
 * Builds the demo, serves it and starts a headless Chromium, all as its own tests do. Linux x64.
 *
 * @param {{ webgpu?: boolean }} [options]
 */
export async function startDemo(options) {
  const vite = await createServer({
    root: demoFolder,
    logLevel: 'error',
    server: { middlewareMode: true },
    appType: 'custom',
  });
  const { startChromium } = await vite.ssrLoadModule('@mcore/testing/chromium');
  const { buildSite } = await vite.ssrLoadModule('/test/support/build-site.ts');
  const { serveFolder } = await vite.ssrLoadModule('/test/support/serve.ts');
  const site = mkdtempSync(join(tmpdir(), 'mcore-demo-'));
  await buildSite(site);
  const server = await serveFolder(site);
  const browser = await startChromium(options);
  return {
    url: server.url,
    browser,
    /** A module of the demo's sources. */
    load: (/** @type {string} */ path) => vite.ssrLoadModule(path),
    async close() {
      await browser.close();
      await server.close();
      await vite.close();
      rmSync(site, { recursive: true, force: true });
    },
  };
}
