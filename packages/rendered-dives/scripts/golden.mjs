/**
 * Writes src/__fixtures__/golden.png, against which the tests compare: a few frames at 64 pixels height, seed 0, side by side.
 * Run it after `npm run build`, and only together with a new `rendererVersion`: node scripts/golden.mjs
 */
import { writeFileSync } from 'node:fs';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { createCanvas } from '@napi-rs/canvas';
import { DiveRenderer, rendererVersion } from '../dist/index.js';
import { nodeCanvas } from '../dist/node.js';

/** Clip and frame of each picture: board, flight, twist, entry, splash, under water, partners. */
const pictures = [
  ['01__10', 10],
  ['01__10', 40],
  ['03__71', 40],
  ['17__3', 55],
  ['10__14', 70],
  ['17__3', 80],
  ['FINADivingWorldCup2021_Women10mSynchronised_final_r4__8', 50],
];

const renderer = new DiveRenderer({ canvas: nodeCanvas, height: 64 });
const strip = createCanvas(renderer.width * pictures.length, 64);
pictures.forEach(([id, frame], index) => {
  const clip = fineDivingLabels.find((label) => label.id === id);
  strip.getContext('2d').drawImage(renderer.draw(clip, frame).image, index * renderer.width, 0);
});
writeFileSync(new URL('../src/__fixtures__/golden.png', import.meta.url), strip.encodeSync('png'));
writeFileSync(
  new URL('../src/__fixtures__/golden.json', import.meta.url),
  `${JSON.stringify({ by: 'scripts/golden.mjs', canvas: '@napi-rs/canvas 1.1.1', seed: 0, height: 64, version: rendererVersion, pictures }, null, 2)}\n`,
);
