import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openManifest } from '@mcore/manifest-loader';
import { noChromium, startChromium } from '@mcore/testing/chromium';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSite } from './support/build-site.js';
import { choose, fieldOf, openDemo, press, saved, savedBytes, verdictOf } from './support/page.js';
import { serveFolder } from './support/serve.js';
import { makeSquats, writeSquat } from './support/squat-video.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-labels-'));
const squats = makeSquats(4, 1);
const suffix = noChromium === null ? '' : `: skipped, ${noChromium}`;

let server: Awaited<ReturnType<typeof serveFolder>>;
let browser: Browser;
let page: Page;

/** Types into a field and leaves it. */
const type = async (label: string, text: string) => {
  const input = await fieldOf(page, label);
  await input.click({ count: 3 });
  await input.type(text);
  await page.keyboard.press('Tab');
};

describe.skipIf(noChromium !== null)(`labelling in Chromium${suffix}`, () => {
  beforeAll(async () => {
    await buildSite(join(folder, 'site'));
    mkdirSync(join(folder, 'videos'));
    for (const squat of squats) {
      await writeSquat(join(folder, 'videos', squat.name), squat);
    }
    server = await serveFolder(join(folder, 'site'));
    browser = await startChromium();
    page = await openDemo(browser, `${server.url}?engine=wasm`);
    await verdictOf(page);
    await choose(page, 'Add videos', ...squats.map(({ name }) => join(folder, 'videos', name)));
    await page.waitForFunction(() => document.querySelectorAll('.videos tbody tr').length === 4);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes a score, awards and stages of a video, and says what is wrong with them', async () => {
    await page.waitForSelector('[aria-label="Video squat 01.mp4"]');
    await page.waitForSelector('.scoreboard[aria-busy="false"] .digits:not(.empty)');
    await type('Names of the stages, in order', 'Down, Hold, Up');
    const input = await fieldOf(page, 'or awards');
    await input.type('7 8 seven');
    expect(await input.evaluate((element) => (element as HTMLInputElement).validationMessage)).toBe(
      'Only numbers, please.',
    );
    await type('or awards', '7 8 9 6 8');
    await type('Difficulty', '1.5');
    // the middle three of 6 7 8 8 9, times three
    expect(await page.$eval('.labels output', (output) => output.textContent)).toBe('34.50 points');
    await type('or awards', ' ');
    await type('Judges’ score', String(squats[0]!.score));
    expect(await page.$eval('.labels output', (output) => output.textContent)).toBe(
      `${squats[0]!.score.toFixed(2)} points`,
    );
    await page.focus('[aria-label="Time"]');
    await page.keyboard.press('Home');
    for (let step = 0; step < 10; step++) await page.keyboard.press('.');
    await press(page, 'Hold begins here');
    await page.keyboard.press('.');
    await press(page, 'Up begins here');
    expect(await page.$eval('.stage-marks', (marks) => marks.textContent)).toContain('Hold begins here: 0.40 s');
    expect(await page.$eval('.stage-marks', (marks) => marks.textContent)).toContain('All stages are marked.');
  });

  it('reads scores and stages from a list', async () => {
    const list = join(folder, 'list.csv');
    const rows = squats.map(({ name, score, transitionSeconds }) =>
      [name, score, 'squat', transitionSeconds.map((seconds) => seconds.toFixed(2)).join(' ')].join(','),
    );
    writeFileSync(list, ['path,score,class,transition_seconds', ...rows].join('\n'));
    await choose(page, 'Read scores from a list', list);
    await page.waitForFunction(() => document.querySelector('.lists .heading')!.textContent!.includes('4 of 4'));
    expect(await page.$eval('.labels output', (output) => output.textContent)).toBe(
      `${squats[0]!.score.toFixed(2)} points`,
    );
  });

  it('saves the list that mcore train reads, alone and with the videos', async () => {
    await press(page, 'Save the list (CSV)');
    writeFileSync(join(folder, 'videos', 'videos.csv'), await saved(page));
    const alone = await openManifest(join(folder, 'videos', 'videos.csv'));
    await press(page, 'Save library');
    const entries = unzipSync(await savedBytes(page, 'application/zip'));
    const unpacked = join(folder, 'unpacked');
    mkdirSync(join(unpacked, 'videos'), { recursive: true });
    for (const [name, bytes] of Object.entries(entries)) writeFileSync(join(unpacked, name), bytes);
    const packed = await openManifest(join(unpacked, 'videos.csv'));
    for (const { clips, transitionsFrom } of [alone, packed]) {
      expect(transitionsFrom).toBe('labels');
      expect(clips.map(({ score }) => score)).toEqual(squats.map(({ score }) => score));
      expect(clips.map(({ diveNumber }) => diveNumber)).toEqual(squats.map(() => 'squat'));
      // the first frame at or after the mark, at 25 frames a second
      expect(clips.map(({ transitions }) => transitions)).toEqual(
        squats.map(({ transitionSeconds }) => transitionSeconds.map((seconds) => Math.round(25 * seconds))),
      );
    }
  });
});
