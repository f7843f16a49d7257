import { readFileSync } from 'node:fs';
import { officialSplit, resizeFrames, sampleIndices } from '../packages/clips/dist/index.js';
import { useEngine } from '../packages/engines/dist/node.js';
import { Scorer } from '../packages/judge/dist/node.js';
import { decodeCheckpoint, ExemplarBank } from '../packages/model/dist/index.js';
import { Random } from '../packages/random/dist/index.js';
import { RenderedDives } from '../packages/rendered-dives/dist/index.js';
import { nodeCanvas } from '../packages/rendered-dives/dist/node.js';
import { bankUrl, weightsUrl } from '../packages/weights-rendered-dives/dist/index.js';

/**
 * How often the shipped weights say that a clip is unlike rendered dives: `node bench/outliers.mjs` (after npm run build). Test dives give the
 * false-alarm rate; everything else is not a dive, or not a whole one. Prints a Markdown table.
 */
const CLIPS = 60;
const checkpoint = decodeCheckpoint(readFileSync(weightsUrl));
const { frames: count, transform } = checkpoint.info.config.input;
const size = transform.resize;
const dives = new RenderedDives({ canvas: nodeCanvas, height: 128, seed: 0 });
const clips = Random.for(0, 'outliers').sample(officialSplit(dives.clips).test, CLIPS);

await useEngine('auto');
const scorer = await Scorer.create(checkpoint, ExemplarBank.decode(readFileSync(bankUrl)));

/** Frames of a clip from one native frame to another, evenly. */
const part = async (clip, from, to) => {
  const indices = Array.from({ length: count }, (_, at) => Math.round(from + ((to - from) * at) / (count - 1)));
  return resizeFrames(await dives.readFrames(clip.id, indices, { size }), size);
};

/** Frames painted pixel by pixel; x, y and time in [0, 1). */
const painted = (color) => {
  const data = new Uint8Array(count * size.height * size.width * 3);
  let at = 0;
  for (let time = 0; time < count; time++)
    for (let y = 0; y < size.height; y++)
      for (let x = 0; x < size.width; x++, at += 3) data.set(color(x / size.width, y / size.height, time / count), at);
  return { data, count, ...size };
};

const BARS = [0xffffff, 0xffff00, 0x00ffff, 0x00ff00, 0xff00ff, 0xff0000, 0x0000ff, 0x000000];
const bar = (place) => {
  const color = BARS[Math.floor((place % 1) * BARS.length)];
  return [color >> 16, (color >> 8) & 255, color & 255];
};
const noise = new Random(1);
const last = (clip) => clip.frameCount - 1;
const kinds = {
  'test dives': (clip) =>
    dives
      .readFrames(clip.id, sampleIndices(clip.frameCount, count, clip.start), { size })
      .then((frames) => resizeFrames(frames, size)),
  'only the first half': (clip) => part(clip, 0, last(clip) >> 1),
  'only the approach': (clip) => part(clip, 0, clip.transitions[0]),
  'only the flight': (clip) => part(clip, clip.transitions[0], clip.transitions[1]),
  'only after the entry': (clip) => part(clip, clip.transitions[1], last(clip)),
  'played backwards': (clip) => part(clip, last(clip), 0),
  'one frame, still': (clip) => part(clip, 0, 0),
  'two dives, one after the other': async (clip, at) => {
    const [a, b] = await Promise.all([clip, clips[(at + 1) % CLIPS]].map((each) => part(each, 0, last(each))));
    const frame = size.height * size.width * 3;
    const data = new Uint8Array(count * frame);
    for (let time = 0; time < count; time++) {
      const from = time < count / 2 ? a : b;
      const index = (2 * time) % count;
      data.set(from.data.subarray(index * frame, (index + 1) * frame), time * frame);
    }
    return { data, count, ...size };
  },
};
const pictures = {
  black: () => [0, 0, 0],
  white: () => [255, 255, 255],
  'colour bars': (x) => bar(x),
  'moving colour bars': (x, _, time) => bar(x + time),
  'a gradient that changes': (x, y, time) => [255 * x, 255 * y, 255 * time],
  noise: () => [noise.integer(256), noise.integer(256), noise.integer(256)],
};

const unlike = async (frames) => ((await scorer.score(frames)).inDistribution.value ? 0 : 1);
process.stdout.write('| clip | unlike the training clips |\n| --- | --- |\n');
for (const [kind, framesOf] of Object.entries(kinds)) {
  let flagged = 0;
  for (const [at, clip] of clips.entries()) flagged += await unlike(await framesOf(clip, at));
  process.stdout.write(`| ${kind} | ${flagged} of ${CLIPS} |\n`);
}
for (const [kind, color] of Object.entries(pictures)) {
  process.stdout.write(`| ${kind} | ${(await unlike(painted(color))) ? 'yes' : 'no'} |\n`);
}
process.exit(0);
