import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderReport } from '@mcore/report';
import { noChromium, startChromium } from '@mcore/testing/chromium';
import { madeUpReport } from '@mcore/testing/made-up-report';
import { because } from '@mcore/testing/skips';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../scripts/packages.mjs';

const axe = createRequire(join(root, 'apps', 'demo', 'package.json')).resolve('axe-core/axe.min.js');

async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

describe.skipIf(noChromium !== null)(`a report in Chromium${because(noChromium)}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-report-page-'));
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    // names as long as FineDiving's are wider than a phone
    const data = JSON.stringify(madeUpReport(60)).replace(
      /"(\d\d__\d+)"/g,
      '"FINADivingWorldCup2021_Men10mSynchronised_final_$1"',
    );
    writeFileSync(join(folder, 'report.html'), renderReport(JSON.parse(data)));
    browser = await startChromium();
    page = await browser.newPage();
    await page.setBypassCSP(true); // the page's policy forbids axe, too
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([390, 1440])(
    'is not wider than a window of %i pixels, tables open or closed',
    { timeout: 60_000 },
    async (width) => {
      await page.setViewport({ width, height: 900 });
      for (const open of [false, true]) {
        await page.$$eval(
          'details',
          (all, value) => {
            for (const each of all) each.toggleAttribute('open', value);
          },
          open,
        );
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        const shots = process.env.MCORE_TEST_SHOTS;
        if (shots)
          await page.screenshot({ path: join(shots, `report-${width}${open ? '-open' : ''}.png`), fullPage: true });
      }
    },
  );

  it('shows tables of exemplars and settings on demand', async () => {
    const names = await page.$$eval('details > summary', (all) => all.map(({ textContent }) => textContent));
    expect(names).toContain('Every setting of the run');
    expect(names.filter((name) => name!.endsWith('exemplars and their votes')).length).toBeGreaterThan(0);
  });

  it('has no violations of axe, tables open, light and dark', { timeout: 120_000 }, async () => {
    await page.$$eval('details', (all) => {
      for (const each of all) each.setAttribute('open', '');
    });
    for (const value of ['light', 'dark']) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
      expect(await violations(page), value).toEqual([]);
    }
  });
});
