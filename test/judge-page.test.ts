import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { loadJudge, type ScoredVideo } from '@mcore/judge';
import { writeVideo } from '@mcore/rendered-dives/node';
import { noChromium, startChromium } from '@mcore/testing/chromium';
import { because } from '@mcore/testing/skips';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  judgeExamples,
  makeProject,
  pickInPage,
  viteBuilt,
  viteInDevelopment,
  withImportMap,
} from '../scripts/judge-pages.mjs';
import { run } from '../scripts/release.mjs';
import { missingBuild } from './support/run-example.js';

const missing = missingBuild();
const suffix = because(missing);
const vite = dirname(createRequire(import.meta.url).resolve('vite/package.json'));

describe.skipIf(missing !== null)(`README's first examples, with packages as they would be published${suffix}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-page-'));
  const project = join(folder, 'project');
  const video = join(project, 'dive.mp4');
  let expected: ScoredVideo;

  beforeAll(async () => {
    makeProject(project);
    // a dive that is like the training clips, so that it gets an interval
    const clip = fineDivingLabels.find(({ id }) => id === '01__115')!;
    await writeVideo(video, clip, { height: 128, codec: 'vp9' });
    const judge = await loadJudge({ engine: 'wasm' });
    expected = await judge.score(video, { diveNumber: '107B' });
    await judge.dispose();
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const rounded = (interval: readonly number[] | null) => interval!.map(Math.round).join(' to ');

  it('the script is ten lines at most and prints the score of dive.mp4', { timeout: 120_000 }, async () => {
    const { script } = judgeExamples();
    expect(script.trim().split('\n').length).toBeLessThanOrEqual(10);
    writeFileSync(join(project, 'score.js'), script);
    const [takeOff, entry] = expected.transitionSeconds;
    expect((await run(project, process.execPath, ['score.js'])).trim()).toBe(
      `score ${expected.score.toFixed(1)}, 90 % interval ${rounded(expected.interval)}\n` +
        `take-off at ${takeOff!.toFixed(2)} s, entry at ${entry!.toFixed(2)} s`,
    );
  });

  describe.skipIf(noChromium !== null)(
    `the page in Chromium${noChromium === null ? '' : `: skipped, ${noChromium}`}`,
    () => {
      let browser: Browser;
      beforeAll(async () => {
        browser = await startChromium();
      });
      afterAll(() => browser?.close());

      it('is ten lines at most', () => {
        expect(judgeExamples().page.trim().split('\n').length).toBeLessThanOrEqual(10);
      });

      it.each([viteInDevelopment(vite), viteBuilt(vite), withImportMap])(
        '$name, without configuration: shows the score of a picked file that Node gives',
        { timeout: 600_000 },
        async ({ start }) => {
          const page = await start(project);
          try {
            const said = await pickInPage(browser, page.url, video);
            expect(said).toBe(`score ${expected.score.toFixed(1)}, ${rounded(expected.interval)}`);
          } finally {
            await page.stop();
          }
        },
      );
    },
  );
});
