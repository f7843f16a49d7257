import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { writeVideo } from '@mcore/rendered-dives/node';
import { writeSafetensors } from '@mcore/safetensors';
import { root } from '../packages.mjs';

/** Height of the videos: whatever it is, they are resized. */
const HEIGHT = 64;

/**
 * Short videos of different dives.
 *
 * @returns {Promise<string[]>} Their paths.
 */
export async function makeVideos(/** @type {string} */ folder, /** @type {number} */ count) {
  const clips = [...fineDivingLabels].sort((a, b) => a.frameCount - b.frameCount).slice(0, count);
  const paths = clips.map((_, index) => join(folder, `original-${index}.mp4`));
  for (const [index, clip] of clips.entries()) await writeVideo(paths[index] ?? '', clip, { height: HEIGHT });
  return paths;
}

/** Kinds of videos that can't be scored. */
export const brokenKinds = /** @type {const} */ (['empty', 'text', 'cut off', 'missing', 'folder without images']);

/** Puts a broken video where `path` says. */
export function breakVideo(
  /** @type {string} */ path,
  /** @type {typeof brokenKinds[number]} */ kind,
  /** @type {string} */ original,
) {
  if (kind === 'empty') writeFileSync(path, '');
  if (kind === 'text') writeFileSync(path, 'this is no video\n');
  if (kind === 'cut off') writeFileSync(path, readFileSync(original).subarray(0, 2000));
  if (kind === 'folder without images') mkdirSync(path);
}

/** Copies of videos, some of them broken: whole ones by their original, broken ones by their kind. */
export function mixVideos(
  /** @type {string} */ folder,
  /** @type {string[]} */ originals,
  /** @type {{ count: number, broken: number, random: () => number }} */ { count, broken, random },
) {
  const places = new Set();
  while (places.size < broken) places.add(Math.floor(random() * count));
  /** @type {Map<string, string>} */
  const whole = new Map();
  /** @type {Map<string, string>} */
  const bad = new Map();
  for (let index = 0; index < count; index++) {
    const name = `dive-${String(index).padStart(4, '0')}.mp4`;
    const original = /** @type {string} */ (originals[index % originals.length]);
    if (places.has(index)) {
      const kind = /** @type {typeof brokenKinds[number]} */ (brokenKinds[bad.size % brokenKinds.length]);
      breakVideo(join(folder, name), kind, original);
      bad.set(name, kind);
    } else {
      copyFileSync(original, join(folder, name));
      whole.set(name, original);
    }
  }
  return { whole, bad };
}

/** A file under timm's names, with values that tell its tensors apart, for `mcore import`. */
export function makeTimmFile(/** @type {string} */ path) {
  const names = join(root, 'packages', 'model', 'src', '__fixtures__', 'state-dicts.json');
  /** @type {{ timm: Record<string, number[]> }} */
  const { timm } = JSON.parse(readFileSync(names, 'utf8'));
  const tensors = Object.entries(timm)
    .filter(([name]) => !name.endsWith('num_batches_tracked'))
    .map(([name, shape], index) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return /** @type {const} */ ([
        name,
        { dtype: /** @type {const} */ ('F32'), shape, data: new Float32Array(size).fill(1 + index / 1000) },
      ]);
    });
  writeFileSync(path, writeSafetensors(new Map(tensors), { format: 'pt' }));
}
