import { startDemo } from '../scripts/demo-in-chromium.mjs';

/**
 * `node bench/demo.mjs [engine]`: time to the first score of a 4 s clip in the demo, in headless Chromium.
 *
 * Prints, as JSON: from opening the page to the score (nothing cached, then from the cache), the parts of it, the longest
 * task of the main thread while it computes, and memory over 20 videos. Linux x64; engine `wasm` unless given. Graphics
 * cards are not seen by this Chromium: `webgpu` is SwiftShader, which says nothing about them.
 */
const engine = process.argv[2] ?? 'wasm';
const demo = await startDemo({ webgpu: engine === 'webgpu' });
try {
  const page = await demo.browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  await page.evaluateOnNewDocument(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) {
        // what builds the page itself comes before any computing
        if (startTime > globalThis.built) globalThis.longest = Math.max(globalThis.longest, duration);
      }
    }).observe({ type: 'longtask', buffered: true });
    globalThis.built = Number.POSITIVE_INFINITY;
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.digits')) return;
      globalThis.built = performance.now();
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  const score = () => page.waitForSelector('.scoreboard[aria-busy="false"] .digits:not(.empty)', { timeout: 280_000 });
  // a clip of 100 frames, which is 4 s
  const timed = async (url) => {
    const start = performance.now();
    if (url) await page.goto(url);
    else await page.reload();
    await score();
    return Math.round(performance.now() - start);
  };
  const costs = () =>
    page.$$eval('.costs dl > div', (rows) =>
      Object.fromEntries(rows.map((row) => [row.children[0].textContent, row.children[1].textContent])),
    );
  const first = await timed(`${demo.url}?engine=${engine}#${await fourSeconds()}`);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const again = await timed();
  const parts = await costs();
  const memory = [];
  for (let video = 0; engine !== 'webgpu' && video < 20; video++) {
    await page.$$eval('button', (buttons) =>
      buttons.find(({ textContent }) => textContent.trim() === 'Another').click(),
    );
    await page.waitForSelector('.digits.empty');
    await score();
    memory.push((await costs()).Memory);
  }
  const { JSHeapUsedSize } = await page.metrics();
  const result = {
    engine,
    milliseconds: { firstScore: first, firstScoreFromCache: again },
    parts,
    longestMainThreadTask: await page.evaluate(() => Math.round(globalThis.longest)),
    memoryOverVideos: [memory[0], memory.at(-1)],
    mainThreadHeapMB: Math.round(JSHeapUsedSize / 1e6),
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await demo.close();
}

/** A test dive of 100 frames or the nearest to it. */
async function fourSeconds() {
  const { testDives } = await demo.load('/src/state/store.ts');
  return testDives.reduce((a, b) => (Math.abs(b.frameCount - 100) < Math.abs(a.frameCount - 100) ? b : a)).id;
}
