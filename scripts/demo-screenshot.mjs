import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { createServer } from 'vite';

/**
 * `node scripts/demo-screenshot.mjs [file.jpg] [--dark] [--phone] [--print]`: builds the demo, lets it judge its first dive in
 * headless Chromium and takes its picture, apps/demo/screenshot.jpg unless another is given. Linux x64.
 */
const root = fileURLToPath(new URL('../apps/demo/', import.meta.url));
const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')));
const out = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? join(root, 'screenshot.jpg');
const vite = await createServer({ root, logLevel: 'error', server: { middlewareMode: true }, appType: 'custom' });
const { startChromium } = await vite.ssrLoadModule('/test/support/chromium.ts');
const { buildSite } = await vite.ssrLoadModule('/test/support/build-site.ts');
const { serveFolder } = await vite.ssrLoadModule('/test/support/serve.ts');

const site = mkdtempSync(join(tmpdir(), 'mcore-demo-shot-'));
await buildSite(site);
const server = await serveFolder(site);
const browser = await startChromium();
try {
  const page = await browser.newPage();
  const [width, height] = flags.has('--phone') ? [390, 844] : [1280, 1240];
  await page.setViewport({ width, height, deviceScaleFactor: flags.has('--phone') ? 1 : 1.25 });
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: flags.has('--dark') ? 'dark' : 'light' },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);
  await page.goto(`${server.url}?engine=wasm`);
  await page.waitForSelector('.weight', { timeout: 120_000 });
  // the middle of the flight, once its pictures are there
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await page.$eval('.transport input[type="range"]', (slider) => {
    const handles = [...document.querySelectorAll('.transition')].map((handle) => Number(handle.ariaValueNow));
    slider.value = String(0.45 * handles[0] + 0.55 * handles[1]);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (flags.has('--print')) {
    await page.pdf({ path: out, format: 'A4', printBackground: true });
  } else {
    const fullPage = flags.has('--phone') || flags.has('--whole');
    const picture = await page.screenshot({ type: 'png', fullPage });
    await sharp(picture).jpeg({ quality: 82, mozjpeg: true }).toFile(out);
  }
} finally {
  await browser.close();
  await server.close();
  await vite.close();
  rmSync(site, { recursive: true, force: true });
}
