import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { writeVideo } from '@mcore/rendered-dives/node';
import { noChromium, startChromium } from '@mcore/testing/chromium';
import { parse } from 'csv-parse/sync';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from './support/axe.js';
import { buildSite } from './support/build-site.js';
import { choose, openDemo, press, saved, savedBytes, verdictOf } from './support/page.js';
import { serveFolder } from './support/serve.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-library-'));
const names = ['anna.mp4', 'ben.mp4', 'cleo.mp4'] as const;
const suffix = noChromium === null ? '' : `: skipped, ${noChromium}`;

let server: Awaited<ReturnType<typeof serveFolder>>;
let browser: Browser;
let page: Page;

interface Row {
  name: string;
  score: string;
  status: string;
}

/** What the list shows. */
const rows = () =>
  page.$$eval('.videos tbody tr', (all) =>
    all.map((row): Row => {
      const cell = (index: number) => row.children[index]!.textContent!;
      return { name: (row as HTMLElement).dataset.video!, score: cell(3), status: cell(5) };
    }),
  );

/** The list's order; a form for labels has selects too. */
const SORT = '.tools label:has(option[value=added]) select';

const allJudged = (count: number) =>
  page.waitForFunction(
    (expected) =>
      [...document.querySelectorAll('.videos tbody tr')].filter((row) => row.children[5]!.textContent === 'judged')
        .length === expected,
    { timeout: 90_000 },
    count,
  );

describe.skipIf(noChromium !== null)(`the library in Chromium${suffix}`, () => {
  beforeAll(async () => {
    await buildSite(join(folder, 'site'));
    const dives = fineDivingLabels.filter(({ split, frameCount }) => split === 'test' && frameCount < 90);
    for (const [index, name] of names.entries()) {
      await writeVideo(join(folder, name), dives[11 * index]!, { height: 128, codec: 'vp9' });
    }
    server = await serveFolder(join(folder, 'site'));
    browser = await startChromium();
    page = await openDemo(browser, `${server.url}?engine=wasm`);
    await verdictOf(page);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('judges several videos that were picked at once, and shows the first', async () => {
    await choose(page, 'Add videos', ...names.map((name) => join(folder, name)));
    await allJudged(3);
    expect((await rows()).map(({ name }) => name)).toEqual(names);
    await page.waitForSelector('[aria-label="Video anna.mp4"]');
    // each has a picture, which is not the same for all
    await page.waitForFunction(() => document.querySelectorAll('.videos img').length === 3);
  });

  it('judges a video of the list as it judges one that is looked at', async () => {
    const before = (await rows()).find(({ name }) => name === 'cleo.mp4')!;
    await page.click('[data-video="cleo.mp4"] .video');
    await page.waitForSelector('[aria-label="Video cleo.mp4"]');
    expect((await verdictOf(page)).toFixed(1)).toBe(before.score);
    await page.waitForFunction(() => !document.querySelector('.scoreboard[aria-busy="true"]'));
    // its phases can be moved although another clip was judged last
    await page.focus('[aria-label="Beginning of entry"]');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.body.textContent!.includes('Score with your phases'));
    const moved = await page.$eval('.digits', (digits) => digits.textContent);
    expect((await rows()).find(({ name }) => name === 'cleo.mp4')!.score).toBe(moved);
  });

  it('does not add a video twice', async () => {
    await choose(page, 'Add videos', join(folder, 'ben.mp4'));
    await page.waitForSelector('[aria-label="Video ben.mp4"]');
    expect((await rows()).length).toBe(3);
  });

  it('sorts, finds, and goes through the list with keys', async () => {
    await page.select(SORT, 'score');
    const sorted = (await rows()).map(({ score }) => Number(score)).sort((a, b) => b - a);
    expect(sorted[0]).not.toBe(sorted.at(-1));
    await expect.poll(async () => (await rows()).map(({ score }) => Number(score))).toEqual(sorted);
    await page.type('.tools input[type=search]', 'cleo');
    await expect.poll(async () => (await rows()).map(({ name }) => name)).toEqual(['cleo.mp4']);
    await page.click('.tools input[type=search]', { count: 3 });
    await page.keyboard.press('Backspace');
    await page.select(SORT, 'name');
    await page.focus('[data-video="anna.mp4"] .video');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[aria-label="Video cleo.mp4"]');
  });

  it('shows two of them side by side', async () => {
    await page.click('[aria-label="Compare with anna.mp4"]');
    const canvas = await page.waitForSelector('[aria-label="Your video anna.mp4"]');
    await page.waitForFunction(
      (element) => {
        const { width, height } = element as HTMLCanvasElement;
        const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
        return new Set(data).size > 50;
      },
      {},
      canvas,
    );
    const [left, right] = await page.$$eval('.sides figcaption b', (all) => all.map(({ textContent }) => textContent));
    const list = await rows();
    const scoreOf = (video: string) => list.find(({ name }) => name === video)!.score;
    expect([left, right]).toEqual([scoreOf('cleo.mp4'), scoreOf('anna.mp4')]);
    await press(page, 'Back to the comparison dives');
    await page.waitForSelector('[aria-label="Your video anna.mp4"]', { hidden: true });
  });

  it('has no violations of axe with a list', async () => {
    expect(await violationsOf(page)).toEqual([]);
  });

  it('saves a ranking that begins with the highest score', async () => {
    await press(page, 'Ranking (CSV)');
    const table: Record<string, string>[] = parse(await saved(page), { columns: true });
    const trusted = table.filter(({ rank }) => rank !== '').map(({ score }) => Number(score));
    expect(trusted).toEqual([...trusted].sort((a, b) => b - a));
    expect(table.map(({ video }) => video).sort()).toEqual([...names]);
  });

  it('is there after a reload, with its scores and corrections', async () => {
    const before = await rows();
    await page.reload();
    await verdictOf(page);
    await page.waitForFunction(() => document.querySelectorAll('.videos tbody tr').length === 3);
    const byName = (a: Row, b: Row) => (a.name < b.name ? -1 : 1);
    expect((await rows()).sort(byName)).toEqual(before.sort(byName));
    await page.click('[data-video="cleo.mp4"] .video');
    await page.waitForSelector('[aria-label="Video cleo.mp4"]');
    await page.waitForFunction(() => document.body.textContent!.includes('Score with your phases'));
  });

  it('is saved as one file, and put back from it where it was removed', async () => {
    const before = await rows();
    await press(page, 'Save library');
    const archive = join(folder, 'my-videos.zip');
    const bytes = await savedBytes(page, 'application/zip');
    writeFileSync(archive, bytes);
    expect(bytes.length).toBeGreaterThan(readFileSync(join(folder, 'anna.mp4')).length);
    for (const name of names) await page.click(`[aria-label="Remove ${name}"]`);
    expect(await page.$('.videos')).toBeNull();
    await choose(page, 'Open a saved library', archive);
    await page.waitForFunction(() => document.querySelectorAll('.videos tbody tr').length === 3);
    expect((await rows()).map(({ score }) => score).sort()).toEqual(before.map(({ score }) => score).sort());
    await page.click('[data-video="ben.mp4"] .video');
    await page.waitForSelector('[aria-label="Video ben.mp4"]');
    expect(await verdictOf(page)).toBeGreaterThan(0);
  });

  it('says that another file is not a saved library', async () => {
    const other = join(folder, 'other.zip');
    writeFileSync(other, 'not a zip');
    await choose(page, 'Open a saved library', other);
    const note = await page.waitForSelector('.trouble');
    expect(await note!.evaluate((element) => element.textContent)).toContain(
      'This is not a library that was saved here.',
    );
  });
});
