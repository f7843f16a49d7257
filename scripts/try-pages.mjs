import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { writeVideo } from '@mcore/rendered-dives/node';
import { startBrowser } from './browser-page.mjs';
import { makeProject, pickInPage, viteBuilt, viteInDevelopment, webpackBuilt, withImportMap } from './judge-pages.mjs';
import { installTools } from './tools.mjs';

/**
 * `node scripts/try-pages.mjs`: the README's page, with packages as they would be published and without configuration, in Vite 6, 7 and 8
 * (in development and built), webpack 5 and with an import map, in Chromium. Prints what each shows for a rendered dive; needs `npm run build`
 * before. Tests try Vite 7 and the import map.
 */
const tools = await installTools();
const folder = mkdtempSync(join(tmpdir(), 'mcore-pages-'));
const video = join(folder, 'dive.mp4');
const browser = await startBrowser(tools.file);
const vites = ['vite-6', 'vite-7', 'vite-8'].map(tools.file);
let failed = 0;
try {
  const clip = fineDivingLabels.find(({ split, diveNumber }) => split === 'test' && diveNumber === '107b');
  if (!clip) throw new Error('expected a test dive 107b');
  await writeVideo(video, clip, { height: 128, codec: 'vp9' });
  makeProject(join(folder, 'project'));
  const ways = [
    ...vites.map(viteInDevelopment),
    ...vites.map(viteBuilt),
    webpackBuilt(tools.file('webpack')),
    withImportMap,
  ];
  for (const { name, start } of ways) {
    try {
      const { url, stop } = await start(join(folder, 'project'));
      process.stdout.write(`${name}: ${await pickInPage(browser.puppeteer, url, video)}\n`);
      await stop();
    } catch (error) {
      failed++;
      process.stdout.write(`${name}: FAILED, ${/** @type {Error} */ (error).message}\n`);
    }
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
