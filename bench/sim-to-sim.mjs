import { readFileSync } from 'node:fs';
import {
  carveValidation,
  officialSplit,
  resizeFrames,
  sampleIndices,
  sampleTransitions,
  validationHalves,
} from '../packages/clips/dist/index.js';
import { useEngine } from '../packages/engines/dist/node.js';
import { Scorer } from '../packages/judge/dist/node.js';
import { intervalIoU } from '../packages/metrics/dist/index.js';
import { decodeCheckpoint, ExemplarBank, weightsId } from '../packages/model/dist/index.js';
import { Random } from '../packages/random/dist/index.js';
import { RenderedDives } from '../packages/rendered-dives/dist/index.js';
import { nodeCanvas } from '../packages/rendered-dives/dist/node.js';
import { drawTimeWarp } from '../packages/training/dist/index.js';
import { weightsUrl } from '../packages/weights-rendered-dives/dist/index.js';

/**
 * How well weights find transitions in rendered dives unlike those they were trained on, the sim-to-sim gap: `node bench/sim-to-sim.mjs [WEIGHTS]
 * [CLIPS]` (after npm run build). The clips are the validation clips that choose weights, drawn by a setting of the renderer that no training uses: another
 * seed (other venues, cameras and divers), the native height, and looks that no augmentation has. Prints a Markdown table.
 */
const checkpoint = decodeCheckpoint(readFileSync(process.argv[2] ?? weightsUrl));
const clipCount = Number(process.argv[3] ?? 60);
const { config } = checkpoint.info;
const { frames: count, transform } = config.input;
const [near, far] = [
  { seed: 0, height: 128 },
  { seed: 1000, height: 256 },
].map((options) => new RenderedDives({ canvas: nodeCanvas, ...options }));
const { validation } = carveValidation(officialSplit(near.clips), { seed: 0 });
const { selecting } = validationHalves(validation, 0);
const clips = Random.for(0, 'sim-to-sim').sample(selecting, clipCount);

/** Looks that no augmentation of training has; each changes a pixel by its place (0 to 1), its frame and a number of the clip. */
const looks = {
  'as it is drawn': (pixel) => pixel,
  'sepia, dark towards the edges': ([r, g, b], x, y) => {
    const edge = 1.1 - 1.5 * ((x - 0.5) ** 2 + (y - 0.5) ** 2);
    const grey = (0.3 * r + 0.59 * g + 0.11 * b) * edge;
    return [grey * 1.07, grey * 0.86, grey * 0.62];
  },
  'few colours': (pixel) => pixel.map((value) => Math.round(value / 64) * 64),
  'a spotlight in the dark': ([r, g, b], x, y) => {
    const light = 0.25 + 0.9 * Math.exp(-((x - 0.5) ** 2 + (y - 0.5) ** 2) / 0.12);
    return [r * light, g * light, b * light * 1.1];
  },
  'stripes of interlaced film': ([r, g, b], _x, y, frame) => {
    const field = Math.floor(y * 88 + frame) % 2 === 0 ? 0.8 : 1.15;
    return [r * field, g * field, b * field];
  },
};

function withLook(frames, look) {
  const data = new Uint8Array(frames.data.length);
  let at = 0;
  for (let frame = 0; frame < frames.count; frame++)
    for (let row = 0; row < frames.height; row++)
      for (let column = 0; column < frames.width; column++, at += 3) {
        const pixel = look([...frames.data.subarray(at, at + 3)], column / frames.width, row / frames.height, frame);
        for (let channel = 0; channel < 3; channel++) data[at + channel] = Math.max(0, Math.min(255, pixel[channel]));
      }
  return { ...frames, data };
}

await useEngine('auto');
const none = { id: 'none', diveNumber: '101a', score: 0, difficulty: 1 };
const shape = { stages: config.stages, steps: config.stepsPerStage, channels: config.backbone.widths.at(-1) };
const stages = new Float32Array(shape.stages * shape.steps * shape.channels);
const bank = new ExemplarBank([{ ...none, stages }], shape, await weightsId(checkpoint.tensors));
const scorer = await Scorer.create(checkpoint, bank);

const size = transform.resize;
const drawn = new Map();
/** Frames of a clip as a source draws them, resized; kept, as one clip is shown in several ways. */
async function framesOf(source, clip, indices) {
  const key = `${source.renderer.seed} ${clip.id}`;
  if (!drawn.has(key)) {
    const all = Array.from({ length: clip.frameCount }, (_, frame) => frame);
    drawn.set(key, resizeFrames(await source.readFrames(clip.id, all, { size }), size));
  }
  const all = drawn.get(key);
  const area = size.height * size.width * 3;
  const data = new Uint8Array(indices.length * area);
  for (const [at, index] of indices.entries()) data.set(all.data.subarray(index * area, (index + 1) * area), at * area);
  return { data, count: indices.length, ...size };
}

async function measure(source, kind, look) {
  const ious = [];
  let close = 0;
  for (const clip of clips) {
    const indices =
      kind === 'plain'
        ? sampleIndices(clip.frameCount, count, clip.start)
        : drawTimeWarp(clip, count, Random.for('sim-to-sim', kind, clip.id), kind);
    const frames = withLook(await framesOf(source, clip, indices), look);
    const { transitions } = await scorer.encode(frames);
    const truth = sampleTransitions(clip.transitions, indices);
    ious.push(intervalIoU(transitions, truth));
    close += truth.every((frame, at) => Math.abs(frame - transitions[at]) <= 2);
  }
  const mean = ious.reduce((sum, value) => sum + value, 0) / ious.length;
  const share = (part) => `${((100 * part) / clips.length).toFixed(1)} %`;
  return [mean.toFixed(3), share(ious.filter((iou) => iou >= 0.75).length), share(close)];
}

const rows = [
  ...['plain', 'trimmed', 'slowed', 'replay', 'held', 'lingering'].map((kind) => [
    'training renderer',
    near,
    kind,
    'as it is drawn',
  ]),
  ...Object.keys(looks).map((look) => ['held-out renderer', far, 'plain', look]),
  ...['slowed', 'replay', 'held'].map((kind) => ['held-out renderer', far, kind, 'as it is drawn']),
];
process.stdout.write(
  '| drawn by | played | look | mean IoU | IoU of at least 0.75 | both within 2 of 32 frames |\n| --- | --- | --- | --- | --- | --- |\n',
);
for (const [name, source, kind, look] of rows) {
  const found = await measure(source, kind, looks[look]);
  process.stdout.write(`| ${[name, kind, look, ...found].join(' | ')} |\n`);
}
process.exit(0);
