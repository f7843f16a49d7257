import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { DiveRenderer } from '@mcore/rendered-dives';
import { nodeCanvas } from '@mcore/rendered-dives/node';
import { STAGE_COLORS } from '@mcore/report';
import { createCanvas } from '@napi-rs/canvas';
import { root } from './packages.mjs';

/** Draws docs/guides/stages.jpg: moments of a rendered dive under the colours of their stages. Run after `npm run build`. */
const ID = '01__6';
const MOMENTS = 10;
const STAGES = ['take-off', 'flight', 'entry'];
const [width, height, bar] = [150, 84, 30];

const clip = fineDivingLabels.find(({ id }) => id === ID);
if (!clip) throw new Error(`expected a clip ${ID}, got none`);
const renderer = new DiveRenderer({ canvas: nodeCanvas, height: 256 });
const strip = createCanvas(width * MOMENTS, height + bar);
const context = strip.getContext('2d');
// the middle of what each picture stands for
const frames = Array.from({ length: MOMENTS }, (_, index) => Math.round(((index + 0.5) / MOMENTS) * clip.frameCount));
const bounds = [0, ...clip.transitions, clip.frameCount];
const place = (/** @type {number} */ frame) => (frame / clip.frameCount) * strip.width;
frames.forEach((frame, column) => {
  const { image } = renderer.draw(clip, frame);
  context.drawImage(/** @type {any} */ (image), column * width, bar, width, height);
});
context.font = '600 15px sans-serif';
context.textAlign = 'center';
STAGES.forEach((name, stage) => {
  const [start, end] = [place(bounds[stage] ?? 0), place(bounds[stage + 1] ?? 0)];
  context.fillStyle = STAGE_COLORS[stage]?.light ?? '#000';
  context.fillRect(start, 0, end - start, bar);
  context.fillStyle = '#fff';
  context.fillText(name, (start + end) / 2, 20);
  if (stage > 0) {
    context.fillStyle = '#fff';
    context.fillRect(start - 2, 0, 4, strip.height);
  }
});
writeFileSync(join(root, 'docs', 'guides', 'stages.jpg'), strip.encodeSync('jpeg', 82));
