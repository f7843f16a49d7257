import { readFileSync } from 'node:fs';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { expect, it } from 'vitest';
import golden from './__fixtures__/golden.json';
import { DiveRenderer, rendererVersion } from './index.js';
import { nodeCanvas } from './node.js';

it('belongs to this version of the renderer', () => {
  expect(golden.version).toBe(rendererVersion);
});

it('draws the committed pictures, up to what canvases may differ by (mean difference under 2 levels of 255)', async () => {
  const image = await loadImage(readFileSync(new URL('./__fixtures__/golden.png', import.meta.url)));
  const renderer = new DiveRenderer({ canvas: nodeCanvas, height: golden.height, seed: golden.seed });
  const strip = createCanvas(renderer.width, golden.height);
  for (const [index, [id, frame]] of golden.pictures.entries()) {
    strip.getContext('2d').drawImage(image, -index * renderer.width, 0);
    const clip = fineDivingLabels.find((label) => label.id === id)!;
    const drawn = Uint8Array.from(renderer.draw(clip, frame as number).pixels());
    const expected = strip.data();
    const difference = drawn.reduce((sum, value, at) => sum + Math.abs(value - expected[at]!), 0) / drawn.length;
    expect(difference, `${id} frame ${frame}`).toBeLessThan(2);
  }
});
