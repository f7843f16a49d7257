/**
 * Draws dives.jpg, the picture in the README: eight moments of six dives, one of each group. Run it after `npm run build`: node scripts/sheet.mjs
 */
import { writeFileSync } from 'node:fs';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { createCanvas } from '@napi-rs/canvas';
import { DiveRenderer, planClip } from '../dist/index.js';
import { nodeCanvas } from '../dist/node.js';

const ids = [
  '01__6',
  'FINAWorldChampionships2019_Men3m_final_r2__2',
  '02__85',
  'FullMenSynchronised10mPlatform_Tokyo2020Replays_1__14',
  '01__18',
  '07__27',
];
/** Shares of the flight; before 0 the diver is on the board, after 1 in the water. */
const moments = [-0.3, 0.02, 0.2, 0.42, 0.68, 0.93, 1.02, 1.16];

const renderer = new DiveRenderer({ canvas: nodeCanvas, height: 256 });
const [width, height] = [228, 128];
const sheet = createCanvas(width * moments.length, height * ids.length);
ids.forEach((id, row) => {
  const clip = fineDivingLabels.find((label) => label.id === id);
  const { takeOff, entry } = planClip(clip, 0).divers[0].motion.events;
  moments.forEach((moment, column) => {
    const frame = Math.round(Math.min(clip.frameCount - 1, Math.max(0, takeOff + moment * (entry - takeOff))));
    const { image } = renderer.draw(clip, frame);
    sheet.getContext('2d').drawImage(image, column * width, row * height, width, height);
  });
});
writeFileSync(new URL('../dives.jpg', import.meta.url), sheet.encodeSync('jpeg', 82));
