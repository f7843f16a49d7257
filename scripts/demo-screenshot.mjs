import { join } from 'node:path';
import sharp from 'sharp';
import { demoFolder, startDemo } from './demo-in-chromium.mjs';

/**
 * `node scripts/demo-screenshot.mjs [file.jpg] [--dark] [--phone] [--print]`: builds the demo, lets it judge its first dive in
 * headless Chromium and takes its picture, apps/demo/screenshot.jpg unless another is given. Linux x64.
 */
const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')));
const out = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? join(demoFolder, 'screenshot.jpg');
const demo = await startDemo();
try {
  const page = await demo.browser.newPage();
  const [width, height] = flags.has('--phone') ? [390, 844] : [1280, 1240];
  await page.setViewport({ width, height, deviceScaleFactor: flags.has('--phone') ? 1 : 1.25 });
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: flags.has('--dark') ? 'dark' : 'light' },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);
  await page.goto(`${demo.url}?engine=wasm`);
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
  await demo.close();
}
