import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { noChromium, startChromium } from '@mcore/testing/chromium';
import { tinyConfig } from '@mcore/testing/golden-trainer';
import { because } from '@mcore/testing/skips';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { type Trained, train } from './training-worker.js';

const config = { ...tinyConfig, exemplars: 2, optimiser: { ...tinyConfig.optimiser, batchSize: 2 } };

/** The worker as one file, made of the packages' sources. */
async function bundledWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./training-worker.ts', import.meta.url))],
    tsconfig: fileURLToPath(new URL('../../../tsconfig.json', import.meta.url)),
    write: false,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    loader: { '.wasm': 'binary', '.safetensors': 'binary' },
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

it.skipIf(noChromium !== null)(
  `fit and evaluate in a browser worker give what they give in Node.js (1e-4), and leave no tensor${because(noChromium)}`,
  { timeout: 240_000 },
  async () => {
    const expected = await train(config);
    const browser = await startChromium();
    onTestFinished(() => browser.close());
    // fingerprints need crypto.subtle, which pages have that come from this machine or by https
    const server = createServer((_, response) =>
      response.setHeader('Content-Type', 'text/html').end('<title>fit</title>'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const found = (await page.evaluate(
      (code, settings) =>
        new Promise((resolve, reject) => {
          const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
          worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(settings);
        }),
      await bundledWorker(),
      config,
    )) as Trained;
    expect(found.losses).toHaveLength(3);
    for (const [index, loss] of found.losses.entries()) expect(loss / expected.losses[index]! - 1).toBeCloseTo(0, 4);
    for (const [index, score] of found.predictions.entries())
      expect(score).toBeCloseTo(expected.predictions[index]!, 2);
    const { exemplars, saved } = expected;
    expect(found).toMatchObject({ exemplars, saved, tensors: 0 });
    expect(expected.tensors).toBe(0);
  },
);
