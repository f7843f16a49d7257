import { basename } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';

/** A `LayoutShift` entry, as far as it is used. */
interface Shift {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Node | null }[];
}

/** What the page said while it was open, which should be nothing. */
export const complaints: string[] = [];

/** Opens the demo and records its errors and layout shifts, and what it saves. */
export async function openDemo(browser: Browser, url: string, size = { width: 1280, height: 900 }): Promise<Page> {
  const page = await browser.newPage();
  await page.setViewport({ ...size, deviceScaleFactor: 1 });
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.evaluateOnNewDocument(() => {
    const watched = window as unknown as { saved: Blob[]; shifts: string[] };
    watched.saved = [];
    watched.shifts = [];
    const create = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob: Blob) => {
      watched.saved.push(blob);
      return create(blob);
    };
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as unknown as Shift[]) {
        const moved = sources.map(({ node }) => (node as Element | null)?.outerHTML?.slice(0, 80) ?? '?');
        if (!hadRecentInput && value > 0.001) watched.shifts.push(`${value.toFixed(4)} ${moved.join(' ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(url);
  return page;
}

/** Waits for a verdict, or throws with what went wrong instead. */
export async function verdictOf(page: Page, timeout = 60_000): Promise<number> {
  await page.waitForFunction(
    () =>
      document.querySelector('.trouble') ??
      (document.querySelector('.scoreboard[aria-busy="false"] .digits:not(.empty)') as Element | null),
    { timeout },
  );
  const trouble = await page.$('.trouble');
  if (trouble) throw new Error(await trouble.evaluate((element) => element.textContent ?? ''));
  return Number(await page.$eval('.digits', (element) => element.textContent));
}

/** Waits until the evidence is there too, so that the judge rests; asks for it where the machine is too slow to be asked unbidden. */
export async function evidenceOf(page: Page, timeout = 60_000): Promise<number> {
  const here = () => page.waitForSelector('.weight', { timeout: timeout / 2 });
  await here().catch(() => page.click('.transport .check:last-child input').then(here));
  return (await page.$$('.weight')).length;
}

/** Waits for a trouble and gives its words. */
export async function troubleOf(page: Page): Promise<string> {
  const trouble = await page.waitForSelector('.trouble', { timeout: 60_000 });
  return (await trouble!.evaluate((element) => element.textContent)) ?? '';
}

/** Presses the button with this text. */
export async function press(page: Page, text: string): Promise<void> {
  const button = await page.waitForSelector(`::-p-xpath(//button[normalize-space()="${text}" and not(@disabled)])`);
  await button!.evaluate((element) => (element as HTMLElement).click());
}

/** Chooses one of the ways to bring a dive. */
export async function chooseTab(page: Page, name: string): Promise<void> {
  const tab = await fieldOf(page, name);
  await tab.evaluate((element) => (element as HTMLElement).click());
}

/** Puts a file into the page as a person who picks it would. */
export async function pick(page: Page, file: string): Promise<void> {
  await chooseTab(page, 'Your videos');
  const input = await page.waitForSelector('.pick input[type="file"]');
  await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(file);
  await page.waitForSelector(`[aria-label="Video ${basename(file)}"]`);
}

/** The field with this label. */
export async function fieldOf(page: Page, label: string) {
  return (await page.waitForSelector(`::-p-xpath(//label[span[normalize-space()="${label}"]]/input)`))!;
}

/** Chooses files with the button that has this label. */
export async function choose(page: Page, label: string, ...files: string[]): Promise<void> {
  const input = await fieldOf(page, label);
  await (input as unknown as { uploadFile(...paths: string[]): Promise<void> }).uploadFile(...files);
}

/** Types a dive number. */
export async function typeNumber(page: Page, number: string): Promise<void> {
  await page.$eval(
    '.number input',
    (input, value) => {
      (input as HTMLInputElement).value = value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    },
    number,
  );
}

/** The text of what was saved last. */
export async function saved(page: Page): Promise<string> {
  return page.evaluate(() => (window as unknown as { saved: Blob[] }).saved.at(-1)!.text());
}

/** Presses a button that saves and gives what it saved. */
export async function save(page: Page, button: 'JSON' | 'CSV'): Promise<string> {
  await press(page, button);
  return saved(page);
}

/** The bytes of a file of a type that was saved, the last unless told otherwise; waits until there is one. */
export async function savedBytes(page: Page, type: string, at = -1): Promise<Buffer> {
  await page.waitForFunction(
    (wanted) => (window as unknown as { saved: Blob[] }).saved.some((blob) => blob.type === wanted),
    {},
    type,
  );
  const base64 = await page.evaluate(
    async (wanted, index) => {
      const blob = (window as unknown as { saved: Blob[] }).saved.filter((each) => each.type === wanted).at(index)!;
      const url = await new Promise<string>((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result as string);
        reader.readAsDataURL(blob);
      });
      return url.slice(url.indexOf(',') + 1);
    },
    type,
    at,
  );
  return Buffer.from(base64, 'base64');
}
